"""Steps of a point-in-time drill, and how one goes wrong: nothing stays behind, and nothing else is touched."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.point_in_time_drill.respond import Driller
from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared.drills import drills
from lambdas.vocabulary.backups import Check, Result, Verdict
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.drills import Kind, Occasion
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.point_in_time import REFUSED, Restored
from tests.producers import emitted

NOW = datetime(2026, 12, 2, 5, 0, 5, tzinfo=UTC)
SLOT = {"slot": "2026-12-02T05:00:00Z"}
EXECUTION, OTHER = "arn:aws:states:us-east-1:111122223333:execution:drill:one", "another"
SETTINGS = Settings(
    environment="test",
    bucket="backups",
    database="orders",
    instance_identifier="source",
    drill_instance="junkos-test-point-in-time-drill",
    instance_class="t4g.micro",
    security_group="sg-1",
    time_limit=timedelta(hours=3),
    recovery_time_objective=timedelta(hours=1),
    recovery_point_objective=timedelta(hours=24),
)
DRILL = SETTINGS.drill_instance
SOURCE = {
    "DBInstanceIdentifier": "source",
    "DBInstanceStatus": "available",
    "EngineVersion": "18.3",
    "LatestRestorableTime": NOW - timedelta(minutes=4),
    "DBSubnetGroup": {"DBSubnetGroupName": "isolated"},
    "DBParameterGroups": [{"DBParameterGroupName": "parameters"}],
    "Endpoint": {"Address": "source.rds", "Port": 5433},
}
CHECKS = (Check("SQL assertions true", Result.PASSED, "2 assertions"),)


class NotFoundError(ClientError):
    pass


class AlreadyExistsError(ClientError):
    pass


def refusal(kind, code):
    return kind({"Error": {"Code": code, "Message": f"{code} of RDS"}}, "call")


class Rds:
    """RDS's instances: a restore is of status `creating` until a test says otherwise."""

    class exceptions:  # noqa: N801  (as botocore has it)
        ClientError = ClientError
        DBInstanceNotFoundFault = NotFoundError
        DBInstanceAlreadyExistsFault = AlreadyExistsError

    def __init__(self):
        self.instances, self.calls = {"source": dict(SOURCE)}, []
        self.refuses_restore = self.refuses_deletion = None
        self.before_restore = lambda: None
        self.parameters = {"BackupRetentionPeriod"}

    @property
    def meta(self):
        """Of the client: what it knows of an order."""
        order = SimpleNamespace(input_shape=SimpleNamespace(members=self.parameters))
        return SimpleNamespace(service_model=SimpleNamespace(operation_model=lambda _: order))

    def describe_db_instances(self, *, DBInstanceIdentifier):  # noqa: N803
        if DBInstanceIdentifier not in self.instances:
            raise refusal(NotFoundError, "DBInstanceNotFound")
        return {"DBInstances": [self.instances[DBInstanceIdentifier]]}

    def restore_db_instance_to_point_in_time(self, **wanted):
        self.calls.append(wanted)
        self.before_restore()
        if self.refuses_restore:
            raise self.refuses_restore
        if DRILL in self.instances:
            raise refusal(AlreadyExistsError, "DBInstanceAlreadyExists")
        self.instances[DRILL] = {"DBInstanceStatus": "creating", "TagList": wanted["Tags"]}

    def delete_db_instance(self, **asked):
        self.calls.append(asked)
        if self.refuses_deletion:
            raise self.refuses_deletion
        assert asked == {"DBInstanceIdentifier": DRILL, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
        del self.instances[DRILL]

    def there_is(self, status="available", *, execution=EXECUTION, age=timedelta(), purpose="point-in-time-drill"):
        tags = {"purpose": purpose, "execution": execution, "ordered-at": (NOW - age).isoformat()}
        tag_list = [{"Key": key, "Value": value} for key, value in tags.items() if value]
        endpoint = {"Address": "drill.rds", "Port": 5433} if status == "available" else {}
        self.instances[DRILL] = {"DBInstanceStatus": status, "TagList": tag_list, "Endpoint": endpoint}


class Machine:
    """The function's steps, one after the other as the state machine takes them."""

    def __init__(self, s3):
        self.rds, self.s3, self.moment = Rds(), s3, NOW
        self.driller = Driller(SETTINGS, self.rds, s3, clock=lambda: self.moment)

    def step(self, step, **handed):
        return self.driller.respond({"step": step, "execution": EXECUTION, **handed})

    def order(self, asked=SLOT, execution=EXECUTION):
        asking = {"step": "order", "started_at": NOW.isoformat(), "asked": asked}
        return self.driller.respond({**asking, "execution": execution})

    def look(self, drill, after=timedelta()):
        self.moment = NOW + after
        return self.step("look", drill=drill)

    def record(self, drill, checks=CHECKS, **state):
        found = Restored(checks, "18.3", 10**9, NOW + timedelta(minutes=12), 2.5)
        state = {"restored": encode(found)} | state if checks else state
        return self.step("record", started_at=NOW.isoformat(), asked={**SLOT, "drill": drill, **state})

    def end(self, **detail):
        return self.driller.respond(
            {"detail": {"executionArn": EXECUTION, "startDate": NOW.timestamp() * 1000, "input": "{}", **detail}}
        )

    def records(self):
        return drills(self.s3, "backups", "orders", since=NOW - timedelta(days=1), kind=Kind.POINT_IN_TIME)


@pytest.fixture
def machine():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        s3.create_bucket(Bucket="backups")
        yield Machine(s3)


def test_everything_is_asked_that_rds_would_choose_otherwise(machine):
    machine.order()
    (wanted,) = machine.rds.calls
    tags = {tag["Key"]: tag["Value"] for tag in wanted.pop("Tags")}
    assert wanted == {
        "SourceDBInstanceIdentifier": "source",
        "TargetDBInstanceIdentifier": DRILL,
        "UseLatestRestorableTime": True,
        "DBInstanceClass": "db.t4g.micro",
        "DBSubnetGroupName": "isolated",
        "VpcSecurityGroupIds": ["sg-1"],
        "DBParameterGroupName": "parameters",
        "Port": 5433,
        "EnableIAMDatabaseAuthentication": True,
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "AutoMinorVersionUpgrade": False,
        "CopyTagsToSnapshot": False,
        "BackupRetentionPeriod": 0,
    }
    assert tags == {
        "purpose": "point-in-time-drill",
        "execution": EXECUTION,
        "ordered-at": "2026-12-02T05:00:05+00:00",
        "service": "junkos",
        "environment": "test",
    }


def test_older_client_orders_without_what_it_does_not_know(machine):
    """The Lambda runtime's own may be older than the one that this code was tried with."""
    machine.rds.parameters.clear()
    assert machine.order()["phase"] == "restoring"
    assert "BackupRetentionPeriod" not in machine.rds.calls[0]


def test_good_drill_is_recorded_and_leaves_nothing(machine):
    drill = machine.order()
    assert machine.look(drill, timedelta(minutes=5))["phase"] == "restoring"
    machine.rds.there_is("available")
    drill = machine.look(drill, timedelta(minutes=11))
    assert (drill["phase"], drill["host"], drill["port"]) == ("available", "drill.rds", 5433)
    assert machine.step("delete") == {"deleted": True}
    assert list(machine.rds.instances) == ["source"]
    machine.record(drill)
    (record,) = machine.records()
    assert record.key == "_drills/orders/20261202T050000Z-month-point-in-time.json"
    assert (record.verdict, record.is_good, record.findings) == (Verdict.PROVEN, True, ())
    assert (record.occasion, record.kind, record.backup) == (Occasion.MONTH, Kind.POINT_IN_TIME, "source")
    assert (record.seconds.restore, record.seconds.verify) == (12 * 60, 2.5)
    assert record.snapshot_at == SOURCE["LatestRestorableTime"]


def test_records_of_the_two_kinds_stay_apart(machine):
    """A drill of RDS's own backups says nothing of the dumps, and the other way round."""
    machine.record(machine.order())
    assert len(machine.records()) == 1
    assert drills(machine.s3, "backups", "orders", since=NOW - timedelta(days=1)) == []


def test_slow_recovery_is_proven_and_not_good(machine):
    found = Restored(CHECKS, "18.3", 10**9, NOW + timedelta(minutes=90), 1)
    machine.record(machine.order(), restored=encode(found))
    (record,) = machine.records()
    assert (record.proven, record.is_within_objective, record.is_good) == (True, False, False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LatestRestorableTime": None}, "has no restorable time"),
        ({"LatestRestorableTime": NOW - timedelta(hours=30)}, "restorable to a recent moment: 30 h"),
    ],
    ids=["backups off", "backups behind"],
)
def test_source_without_recent_backups_fails(machine, change, said):
    machine.rds.instances["source"] |= change
    machine.record(machine.order())
    (record,) = machine.records()
    assert record.verdict is Verdict.FAILED
    assert said in record.findings[0]


def test_renamed_source_fails(machine):
    machine.rds.instances["renamed"] = machine.rds.instances.pop("source")
    drill = machine.order()
    assert (drill["phase"], machine.rds.calls) == ("failed", [])
    assert "there is no RDS instance source (was it renamed?" in drill["failure"]


def test_refused_restore_fails(machine):
    machine.rds.refuses_restore = refusal(ClientError, "InstanceQuotaExceeded")
    drill = machine.order()
    assert drill["phase"] == "failed"
    assert "RDS refused to restore source" in drill["failure"]
    assert "InstanceQuotaExceeded" in drill["failure"]


def test_second_drill_is_refused_and_harms_no_first(machine):
    machine.order()
    refused = machine.order(execution=OTHER)
    assert refused["phase"] == "refused"
    machine.driller.respond({"step": "delete", "execution": OTHER})
    machine.end(executionArn=OTHER, status="FAILED", error=REFUSED, cause=refused["failure"])
    assert DRILL in machine.rds.instances
    assert machine.records() == []


def test_drill_of_the_same_moment_is_refused_by_rds(machine):
    """Both saw that there was none."""
    machine.rds.before_restore = lambda: machine.rds.there_is("creating", execution=OTHER)
    assert machine.order()["phase"] == "refused"


def test_order_that_lambda_repeats_is_one(machine):
    machine.order()
    machine.moment += timedelta(minutes=1)
    drill = machine.order()
    assert (drill["phase"], drill["ordered_at"], len(machine.rds.calls)) == ("restoring", NOW.isoformat(), 1)


@pytest.mark.parametrize("purpose", ["", "reports"])
def test_foreign_instance_of_that_name_is_never_touched(machine, purpose):
    machine.rds.there_is("available", purpose=purpose, age=timedelta(days=3))
    drill = machine.order()
    assert (drill["phase"], "no drill's" in drill["failure"]) == ("failed", True)
    assert machine.step("delete") == {"deleted": False}
    assert machine.step("reap") == {"deleted": False}
    assert (DRILL in machine.rds.instances, machine.rds.calls) == (True, [])


@pytest.mark.parametrize("status", ["storage-full", "incompatible-parameters", "failed", "insufficient-capacity"])
def test_hopeless_status_ends_the_waiting(machine, status):
    drill = machine.order()
    machine.rds.there_is(status)
    drill = machine.look(drill)
    assert (drill["phase"], f"is {status}" in drill["failure"]) == ("failed", True)


def test_restore_that_never_ends_is_given_up(machine):
    drill = machine.order()
    assert machine.look(drill, timedelta(minutes=179))["phase"] == "restoring"
    drill = machine.look(drill, timedelta(minutes=181))
    assert (drill["phase"], "is creating after 3 h" in drill["failure"]) == ("failed", True)


def test_instance_that_somebody_deleted_ends_the_waiting(machine):
    drill = machine.order()
    del machine.rds.instances[DRILL]
    assert "somebody deleted it" in machine.look(drill)["failure"]


def test_instance_without_an_address_is_waited_for(machine):
    drill = machine.order()
    machine.rds.there_is("available")
    machine.rds.instances[DRILL]["Endpoint"] = {}
    assert machine.look(drill)["phase"] == "restoring"


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((Check("SQL assertions true", Result.FAILED, "1 of 2 are not"),), Verdict.FAILED),
        ((Check("extensions", Result.NOT_PROVABLE, "?"),), Verdict.NOT_PROVABLE),
    ],
)
def test_failed_check_is_no_proof(machine, checks, verdict):
    machine.record(machine.order(), checks)
    (record,) = machine.records()
    assert (record.verdict, record.proven) == (verdict, False)
    assert record.findings == (f"{checks[0].name}: {checks[0].detail}",)


def test_step_that_raised_is_recorded_in_its_own_words(machine):
    cause = json.dumps({"errorType": "OperationalError", "errorMessage": "timeout expired", "stackTrace": ["…"]})
    machine.record(machine.order(), (), error={"Error": "OperationalError", "Cause": cause})
    (record,) = machine.records()
    assert record.findings == ("restore: OperationalError: timeout expired",)
    assert record.verdict is Verdict.FAILED


def test_order_that_raised_is_recorded(machine):
    """Then there is no progress at all."""
    asked = {**SLOT, "error": {"Error": "ClientError", "Cause": "AccessDenied"}}
    machine.step("record", started_at=NOW.isoformat(), asked=asked)
    (record,) = machine.records()
    assert (record.at, record.findings) == (NOW.replace(second=0), ("restore: ClientError: AccessDenied",))


def test_refused_deletion_is_raised_and_recorded(machine):
    """It is tried again by the state machine; the proof stands all the same."""
    drill = machine.order()
    machine.rds.refuses_deletion = refusal(ClientError, "InvalidDBInstanceState")
    with pytest.raises(ClientError):
        machine.step("delete")
    machine.record(drill, not_deleted={"Error": "ClientError", "Cause": "InvalidDBInstanceState"})
    (record,) = machine.records()
    assert record.proven
    assert "is still there: ClientError: InvalidDBInstanceState" in record.findings[0]


@pytest.mark.parametrize("status", ["TIMED_OUT", "ABORTED", "FAILED"])
def test_execution_that_broke_off_leaves_nothing(machine, status):
    machine.order()
    asked = json.dumps({"requested_by": "ana", "reason": "audit"})
    assert machine.end(status=status, input=asked, error=None, cause=None) == {"deleted": True}
    assert DRILL not in machine.rds.instances
    (record,) = machine.records()
    assert (record.requested_by, record.occasion) == ("ana", Occasion.ON_DEMAND)
    assert record.findings == (f"restore: the state machine ended as {status}",)


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=12), False), (timedelta(hours=13), True)])
def test_leftover_is_deleted_after_twelve_hours(machine, age, left):
    machine.rds.there_is("available", execution=OTHER, age=age)
    data = emitted(lambda: machine.step("reap"))
    assert (DRILL not in machine.rds.instances) is left
    assert [datum.metric for datum in data] == ([Metric.DRILL_INSTANCE_LEFT] if left else [])


def test_leftover_that_rds_keeps_is_an_alarm_each_hour(machine):
    machine.rds.there_is("available", age=timedelta(days=1))
    machine.rds.refuses_deletion = refusal(ClientError, "InvalidParameterCombination")

    def reap():
        with pytest.raises(ClientError):
            machine.step("reap")

    assert [datum.value for datum in emitted(reap)] == [1]


def test_leftover_of_unknown_age_is_old(machine):
    machine.rds.there_is("available")
    machine.rds.instances[DRILL]["TagList"] = [{"Key": "purpose", "Value": "point-in-time-drill"}]
    assert machine.step("reap") == {"deleted": True}


def test_leftover_that_is_going_is_left_alone(machine):
    machine.rds.there_is("deleting", age=timedelta(days=1))
    machine.step("reap")
    assert machine.rds.calls == []


def test_doubled_record_is_one(machine):
    drill = machine.order()
    machine.record(drill)
    machine.record(drill, (Check("late", Result.FAILED, "?"),))
    (record,) = machine.records()
    assert record.proven


def test_unknown_fields_are_passed_over(machine):
    """An execution may have begun with older code, and go on with newer."""
    drill = machine.order() | {"added": 1}
    assert machine.look(drill)["phase"] == "restoring"
