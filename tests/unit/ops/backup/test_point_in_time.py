"""A point-in-time drill on demand: what is started, waited for, and said when it does not end well."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from lambdas.vocabulary.backups import Seconds, Verdict
from lambdas.vocabulary.drills import Drill, Kind, Occasion
from ops.backup import point_in_time
from ops.errors import OpsError, RefusedError, UsageError

DRILL = Drill(
    at=datetime(2026, 12, 2, tzinfo=UTC),
    occasion=Occasion.ON_DEMAND,
    database="junkos",
    backup="junkos-prod-database",
    snapshot_at=datetime(2026, 12, 2, tzinfo=UTC),
    database_bytes=1,
    verdict=Verdict.PROVEN,
    proven=True,
    seconds=Seconds(0, 600, 3),
    recovery_time_objective=3600,
    server_version="18.3",
    requested_by="ana",
    reason="audit",
    kind=Kind.POINT_IN_TIME,
)
SUCCEEDED = {"status": "SUCCEEDED", "output": DRILL.to_json()}


class States:
    """Answers `RUNNING` once, and then as it is told."""

    def __init__(self, ends):
        self.ends, self.started, self.answers = ends, None, [{"status": "RUNNING"}, ends]

    def start_execution(self, **asked):
        if isinstance(self.ends, Exception):
            raise self.ends
        self.started = asked
        return {"executionArn": "one"}

    def describe_execution(self, *, executionArn):  # noqa: N803
        assert executionArn == "one"
        return self.answers.pop(0)


def account(states, *, drills=True):
    wanted = SimpleNamespace() if drills else None
    environment = SimpleNamespace(
        name="prod", service="junkos", region="eu-central-1", backups=SimpleNamespace(point_in_time_drill=wanted)
    )
    session = SimpleNamespace(get_partition_for_region=lambda _: "aws")
    return SimpleNamespace(
        environment=environment, session=session, client=lambda _: states, number=lambda: "111122223333"
    )


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch):
    monkeypatch.setattr(point_in_time, "LOOKS_EVERY", timedelta())
    monkeypatch.setattr(point_in_time, "operator", lambda: "ana")


def test_its_record_is_waited_for():
    states = States(SUCCEEDED)
    assert point_in_time.hold(account(states), "audit") == DRILL
    machine = "arn:aws:states:eu-central-1:111122223333:stateMachine:junkos-prod-point-in-time-drill"
    assert states.started["stateMachineArn"] == machine
    assert json.loads(states.started["input"]) == {"requested_by": "ana", "reason": "audit"}


@pytest.mark.parametrize(
    ("ends", "kind", "said"),
    [
        ({"status": "FAILED", "error": "Refused", "cause": "one is held at a time"}, RefusedError, "one is held"),
        ({"status": "ABORTED"}, OpsError, "ended as ABORTED: it gave no reason"),
        (
            ClientError({"Error": {"Code": "StateMachineDoesNotExist", "Message": ""}}, "StartExecution"),
            UsageError,
            "was deployed without point-in-time drills",
        ),
    ],
)
def test_what_ended_otherwise_is_said(ends, kind, said):
    with pytest.raises(kind, match=said) as raised:
        point_in_time.hold(account(States(ends)), "audit")
    assert type(raised.value) is kind


def test_environment_without_drills_says_how_to_have_them():
    with pytest.raises(UsageError, match=r"add \[backups.point_in_time_drill\]"):
        point_in_time.hold(account(States(SUCCEEDED), drills=False), "audit")
