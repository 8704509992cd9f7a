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
