"""A job on demand that is too large for its function: what is started, said and waited for."""

import json
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from lambdas.vocabulary.large_runs import TooLarge
from ops.backup import large_runs
from ops.errors import OpsError, UsageError

EVENT = {"backup": "orders/x/", "requested_by": "ana", "reason": "audit"}
LEFT = TooLarge(100 * 10**9, 8 * 10**9).answer()
EXECUTION = "arn:aws:states:eu-central-1:111122223333:execution:junkos-prod-restore-verification:one"


class States:
    """Answers `RUNNING` once, and then as it is told."""

    def __init__(self, ends):
        self.ends, self.started, self.answers = ends, [], [{"status": "RUNNING"}, ends]

    def start_execution(self, **asked):
        if isinstance(self.ends, Exception):
            raise self.ends
        self.started.append(asked)
        return {"executionArn": EXECUTION}

    def describe_execution(self, *, executionArn):  # noqa: N803
        assert executionArn == EXECUTION
        return self.answers.pop(0)


class Told(list):
    """What was said, and what was waited for."""

    @contextmanager
    def waiting(self, what):
        self.append(what)
        yield


def run(states, answer=LEFT):
    """The answer, and what the operator was told."""
    told = Told()
    account = SimpleNamespace(
        environment=SimpleNamespace(name="prod", service="junkos", region="eu-central-1"),
        session=SimpleNamespace(get_partition_for_region=lambda _: "aws"),
        client=lambda _: states,
        number=lambda: "111122223333",
        invoke=lambda _folder, **event: answer if event == EVENT else pytest.fail(str(event)),
    )
    done = large_runs.run(account, "restore_verification", "restoring", told.waiting, told.append, **EVENT)
    return done, told


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch):
    monkeypatch.setattr(large_runs, "LOOKS_EVERY", timedelta())


def test_functions_answer_is_enough():
    states = States({})
    assert run(states, {"verdict": "proven"}) == ({"verdict": "proven"}, ["restoring"])
    assert states.started == []


def test_large_run_answers_in_its_place():
    """With the same request; the execution is named before it is waited for."""
    states = States({"status": "SUCCEEDED", "output": json.dumps({"verdict": "proven"})})
    done, told = run(states)
    assert done == {"verdict": "proven"}
    machine = "arn:aws:states:eu-central-1:111122223333:stateMachine:junkos-prod-restore-verification"
    assert states.started == [{"stateMachineArn": machine, "input": json.dumps(EVENT)}]
    _, why, how, waited = told
    assert why.startswith("100 GB are too much for the function (8 GB): execution one does it on an instance")
    assert how.endswith(EXECUTION)
    assert waited.startswith("restoring, on an instance")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ({"status": "FAILED", "error": "LargeRunFailed", "cause": "VcpuLimitExceeded"}, "as FAILED: VcpuLimitExceeded"),
        ({"status": "ABORTED"}, "as ABORTED: it gave no reason"),
    ],
)
def test_failed_large_run_says_why(ends, said):
    with pytest.raises(OpsError, match=said):
        run(States(ends))


def test_environment_without_large_runs_is_named():
    """The function knows of them, and the state machine is not there."""
    absent = ClientError({"Error": {"Code": "StateMachineDoesNotExist", "Message": "gone"}}, "StartExecution")
    with pytest.raises(UsageError, match="deployed without large runs"):
        run(States(absent))
