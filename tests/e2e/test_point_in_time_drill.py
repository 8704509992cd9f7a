"""Point-in-time drills of production's RDS instance, held by the state machine with policies enforced."""

import json
import os
import subprocess
import sys
import time
from urllib.request import Request, urlopen

import pytest

from emulator import account
from emulator.account import ACCOUNT_ID, REGION, ROOT
from emulator.cdk import Cdk
from emulator.stage import Stage
from lambdas.vocabulary.point_in_time import drill_instance
from stacks.settings import load
from tests.e2e.prod import INSTANCE, TABLES, Prod, environments_with

pytestmark = pytest.mark.slow
PATIENCE = 300  # seconds
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:junkos-prod-point-in-time-drill"


class Drills:
    """Production's database and backups on an account of their own, and the drills of it."""

    def __init__(self, running, files):
        self.running, self.files = running, files
        self.prod = Prod(Stage(running, load("prod", files)), {})
        self.instance = drill_instance(self.prod.stage.environment)

    def scale_waits(self, factor):
        """Of the states that wait."""
        body = json.dumps({"stepfunctions._SFN_WAIT_SCALE": factor}).encode()
        request = Request(f"{self.running.endpoint_url}/_ministack/config", body)  # noqa: S310  (the account's own port)
        with urlopen(request) as response:  # noqa: S310  (the same)
            assert json.load(response)["applied"]

    def start(self, reason="test"):
        asked = json.dumps({"requested_by": "ana", "reason": reason})
        return self.states.start_execution(stateMachineArn=MACHINE, input=asked)["executionArn"]

    def ended(self, execution):
        def status():
            found = self.states.describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        return self.until(status)

    def held(self, reason="test"):
        """The record of a drill."""
        found = self.ended(self.start(reason))
        assert found["status"] == "SUCCEEDED", (found, self.prod.log_lines()[-20:])
        return json.loads(found["output"])

    def ops(self, *words):
        variables = {**os.environ, **self.running.client_environment(), "ENVIRONMENTS": str(self.files)}
        command = [sys.executable, "-m", "ops", "prod", "backup", *words]
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)

    def instances(self):
        found = self.prod.client("rds").describe_db_instances()["DBInstances"]
        return {it["DBInstanceIdentifier"] for it in found}

    def records(self):
        return [key for key in self.prod.objects() if key.endswith("-point-in-time.json")]

    def until(self, look):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.2)
        raise AssertionError("it took too long")

    @property
    def states(self):
        return self.prod.client("stepfunctions")


@pytest.fixture(scope="module")
def drills(tmp_path_factory):
    directory = tmp_path_factory.mktemp("drills")
    files = environments_with(directory / "environments", {"backups": {"point_in_time_drill": {}}})
    with account.running(directory) as running:
        application = f"{sys.executable} -m tests.e2e.backups_alone"
        cdk = Cdk(running.client_environment(), directory, application=application, report=lambda _: None)
        cdk.bootstrap()
        cdk.synthesize("prod", files)
        cdk.deploy()
        running.pause_schedules()
        found = Drills(running, files)
        found.prod.execute(TABLES)
        running.enforce_iam()
        found.prod.stage.invoke("database_backup", requested_by="ana", reason="test")
        found.scale_waits(0.01)
        yield found


def test_aborted_drill_leaves_nothing(drills):
    """Its own next step, the deletion, never comes: a rule sees to it."""
    drills.scale_waits(1)
    execution = drills.start()
    drills.until(lambda: drills.instance in drills.instances())
    drills.states.stop_execution(executionArn=execution)
    drills.until(lambda: drills.instance not in drills.instances())
    (key,) = drills.until(drills.records)
    record = json.loads(drills.prod.stage.read(key))
    assert record["findings"] == ["restore: the state machine ended as ABORTED"]
    drills.scale_waits(0.01)


def test_operator_holds_a_drill(drills):
    """RDS's own backups are restored, found to be as they must be, and the instance is gone."""
    done = drills.ops("drill", "--point-in-time", "--reason", "audit", "--json")
    assert done.returncode == 0, (done.stdout, done.stderr, drills.prod.log_lines()[-20:])
    drill = json.loads(done.stdout)
    assert (drill["kind"], drill["verdict"], drill["findings"]) == ("point-in-time", "proven", [])
    assert (drill["backup"], drill["reason"], drill["within_objective"]) == (INSTANCE, "audit", True)
    assert drills.instances() == {INSTANCE}
    listed = json.loads(drills.ops("drills", "--json").stdout)["drills"]
    assert [(it["kind"], it["verdict"]) for it in listed][:1] == [("point-in-time", "proven")]


def test_lost_rows_fail_it_and_the_instance_goes(drills):
    drills.prod.execute("DELETE FROM payments; DELETE FROM orders")
    record = drills.held()
    assert record["verdict"] == "failed"
    assert "SQL assertions true: 1 of 2 are not" in record["findings"][-1]
    assert drills.instances() == {INSTANCE}


def test_source_without_backups_fails_it(drills):
    rds = drills.prod.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=INSTANCE, BackupRetentionPeriod=0, ApplyImmediately=True)
    record = drills.held()
    assert "has no restorable time" in record["findings"][0]
    assert drills.instances() == {INSTANCE}
