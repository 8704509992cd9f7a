"""Every job runs once at a first deployment, and later only what was added."""

import json

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from lambdas.first_run.run_once import EVENT, run_once
from lambdas.first_run.settings import Settings

SETTINGS = Settings("prod", checks=("check", "prober"), jobs=("page", "backup"))
WAITED, STARTED = "RequestResponse", "Event"


@pytest.fixture
def run():
    """Runs it; fails unless exactly `expected`, (name, kind), are invoked in that order."""

    def run_with(before, *expected, refused=(), failed=()):
        functions = boto3.client("lambda")
        with Stubber(functions) as stub:
            for name, kind in expected:
                if name in refused:
                    stub.add_client_error("invoke", "ResourceNotFoundException")
                    continue
                asked = {"FunctionName": name, "InvocationType": kind, "Payload": EVENT}
                stub.add_response("invoke", {"FunctionError": "Unhandled"} if name in failed else {}, asked)
            outcome = run_once(SETTINGS, before, functions)
            stub.assert_no_pending_responses()
        return outcome

    return run_with


def test_checks_run_before_jobs(run):
    """Checks are waited for before jobs are started."""
    expected = [("check", WAITED), ("prober", WAITED), ("page", STARTED), ("backup", STARTED)]
    assert run({}, *expected) == {"Ran": "check, prober, page, backup", "NotRun": "nothing"}


def test_later_deployment_runs_additions(run):
    """A later deployment runs only what it adds."""
    before = {"ServiceToken": "arn", "CHECKS": json.dumps(["check"]), "JOBS": json.dumps(["page", "backup"])}
    assert run(before, ("prober", WAITED))["Ran"] == "prober"
    assert run(SETTINGS.to_environment()) == {"Ran": "nothing", "NotRun": "nothing"}


def test_failure_does_not_stop_others(run):
    """What fails or is refused is named and holds up nothing."""
    expected = [("check", WAITED), ("prober", WAITED), ("page", STARTED), ("backup", STARTED)]
    outcome = run({}, *expected, refused=["check"], failed=["prober"])
    assert outcome == {"Ran": "page, backup", "NotRun": "check, prober"}


def test_silent_check_does_not_stop_others():
    """A check that does not answer holds up nothing."""

    class Silent:
        def invoke(self, **_):
            raise ReadTimeoutError(endpoint_url="https://lambda.example")

    assert run_once(SETTINGS, {}, Silent())["Ran"] == "nothing"


def test_state_machine_is_started_in_place_of_its_function():
    """So a database that is too large for the function is backed up all the same."""
    machine = "arn:aws:states:us-east-1:111122223333:stateMachine:backup"
    settings = Settings("prod", checks=(), jobs=("page", "backup"), machines=(machine,))
    functions, states = boto3.client("lambda"), boto3.client("stepfunctions")
    with Stubber(functions) as lambda_stub, Stubber(states) as states_stub:
        lambda_stub.add_response("invoke", {}, {"FunctionName": "page", "InvocationType": STARTED, "Payload": EVENT})
        started = {"executionArn": "one", "startDate": 0}
        states_stub.add_response("start_execution", started, {"stateMachineArn": machine, "input": EVENT.decode()})
        assert run_once(settings, {}, functions, states) == {"Ran": "page, backup", "NotRun": "nothing"}
    assert run_once(settings, settings.to_environment(), None, None)["Ran"] == "nothing"
