"""A database that is too large for both functions is backed up and proven by instances, with policies enforced.

The instances run their real scripts (see `emulator.machine`); nothing of them is left, however a run ends.
"""

import json
import sys
from functools import cached_property
from urllib.request import Request, urlopen

import pytest

from emulator import account
from emulator.account import ACCOUNT_ID, REGION
from emulator.cdk import Cdk
from emulator.stage import Stage
from emulator.waiting import wait_for
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION, Manifest, Verdict, Verification
from lambdas.vocabulary.large_runs import FUNCTION_FAILED, LARGE_RUN_FAILED, RUNS
from lambdas.vocabulary.metrics import Metric
from stacks.settings import load
from tests.e2e.prod import ROWS, TABLES, Prod, environments_with

pytestmark = pytest.mark.slow
PATIENCE = 400  # seconds


class Runs:
    """Production's database and backups on an account of their own, and what its state machines do."""

    def __init__(self, running, files):
        self.running = running
        self.prod = Prod(Stage(running, load("prod", files)), {})
        self.stage = self.prod.stage

    def scale_waits(self, factor):
        """Of the states that wait."""
        body = json.dumps({"stepfunctions._SFN_WAIT_SCALE": factor}).encode()
        request = Request(f"{self.running.endpoint_url}/_ministack/config", body)  # noqa: S310  (the account's own port)
        with urlopen(request) as response:  # noqa: S310  (the same)
            assert json.load(response)["applied"]

    def start(self, job, **event):
        name = f"junkos-prod-{job.replace('_', '-')}"
        machine = f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:{name}"
        return self.states.start_execution(stateMachineArn=machine, input=json.dumps(event))["executionArn"]

    def ended(self, execution):
        def found():
            state = self.states.describe_execution(executionArn=execution)
            return state if state["status"] != "RUNNING" else None

        return self.until(found)

    def instances(self, *states):
        found = self.prod.client("ec2").describe_instances()["Reservations"]
        every = [instance for reservation in found for instance in reservation["Instances"]]
        return [it for it in every if not states or it["State"]["Name"] in states]

    def live(self):
        return self.instances("pending", "running", "stopping", "stopped")

    def until(self, look):
        found = wait_for(look, PATIENCE)
        assert found, self.said()
        return found

    def said(self):
        """The newest of what functions and instances wrote."""
        return "\n".join(line for line in self.prod.log_lines() if line.startswith("{"))[-5000:]

    @cached_property
    def states(self):
        return self.prod.client("stepfunctions")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs")
    files = environments_with(directory / "environments", {})
    with account.running(directory) as running:
        application = f"{sys.executable} -m tests.e2e.backups_of_a_large_database"
        cdk = Cdk(running.client_environment(), directory, application=application, report=lambda _: None)
        cdk.bootstrap()
        cdk.synthesize("prod", files)
        cdk.deploy()
        running.pause_schedules()
        found = Runs(running, files)
        found.prod.execute(TABLES)
        running.enforce_iam()
        found.scale_waits(0.05)
        yield found


@pytest.fixture(scope="module")
def slot():
    return now().isoformat(timespec="seconds")


@pytest.fixture(scope="module")
def backup(runs, slot):
    """What the schedule has done; the backup's folder."""
    execution = runs.ended(runs.start("database_backup", slot=slot))
    assert execution["status"] == "SUCCEEDED", (execution.get("cause"), runs.said())
    return json.loads(execution["output"])


def test_large_database_is_backed_up_by_an_instance(runs, backup):
    """The function did nothing, and a manifest is there, with a backup as any other."""
    assert backup["rows"] == ROWS
    manifest = Manifest.from_json(runs.stage.read(backup["backup"] + MANIFEST))
    assert manifest.rows == ROWS
    assert manifest.database_bytes > manifest.provable_bytes
    assert not any(line.get("message") == "backup committed" for line in runs.stage.log_lines("database_backup"))


def test_backup_is_proven_whole_by_an_instance(runs, backup):
    """The manifest's own event starts it."""
    written = runs.until(lambda: runs.stage.sizes(backup["backup"]).get(VERIFICATION))
    assert written
    verification = Verification.from_json(runs.stage.read(backup["backup"] + VERIFICATION))
    assert (verification.verdict, verification.part) == (Verdict.PROVEN, None)


def test_instances_are_gone(runs, backup):
    runs.until(lambda: VERIFICATION in runs.stage.sizes(backup["backup"]))
    runs.until(lambda: not runs.live())
    assert len(runs.instances()) <= 2


def test_log_and_metrics_arrive(runs, backup):
    """Of the instance's run, as of the function's."""
    assert runs.stage.logged("large_run", "backup committed", within=60)
    assert runs.stage.logged("large_run", "the backup is proven", within=PATIENCE)
    for metric in (Metric.BACKUP_ROWS, Metric.BACKUP_DURATION, Metric.RECOVERY_DURATION):
        assert runs.until(lambda metric=metric: runs.stage.newest_datapoint(metric) is not None), metric


def test_same_slot_makes_no_second_backup(runs, backup, slot):
    before = {it["InstanceId"] for it in runs.instances()}
    execution = runs.ended(runs.start("database_backup", slot=slot))
    assert json.loads(execution["output"])["backup"] == backup["backup"]
    assert {it["InstanceId"] for it in runs.instances()} <= before


def test_instances_reach_no_further_than_their_functions(runs, backup):
    """What each role used is what it may."""
    used = {
        (session.split("/")[1], action)
        for session, action in runs.running.permissions_used()
        if session.split("/")[1].endswith("-instance")
    }
    assert ("junkos-prod-database-backup-instance", "s3:PutObject") in used
    assert {action.partition(":")[0] for _, action in used} <= {"s3", "kms"}


def test_aborted_execution_leaves_nothing(runs, backup):
    """Its own next step, the end, never comes: a rule sees to it, and people are notified."""
    runs.until(lambda: not runs.live())
    runs.scale_waits(1)
    execution = runs.start("database_backup", requested_by="ana", reason="abort")
    (instance,) = runs.until(runs.live)
    runs.states.stop_execution(executionArn=execution)
    runs.until(lambda: not runs.live())
    assert runs.stage.logged("database_backup", "ended as ABORTED", within=60)
    assert instance["InstanceId"] in {it["InstanceId"] for it in runs.instances("terminated")}
    runs.scale_waits(0.05)


def test_instance_that_is_taken_away_fails_the_run(runs, backup):
    """As a Spot instance is: no result is ever written, and the failure is one of the function."""
    runs.until(lambda: not runs.live())
    execution = runs.start("database_backup", requested_by="ana", reason="spot")
    (instance,) = runs.until(runs.live)
    runs.prod.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])
    ended = runs.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", LARGE_RUN_FAILED)
    assert "without a result" in ended["cause"]
    assert runs.stage.logged("database_backup", "without a result", within=60)


def test_what_runs_write_lies_apart(runs, backup):
    """No reader takes it for a backup."""
    keys = [key for key in runs.prod.objects() if key.startswith(f"{RUNS}/")]
    assert {key.rpartition("/")[2] for key in keys} <= {"log.jsonl", "result.json"}
    assert {key.split("/")[1] for key in keys} == {"database-backup", "restore-verification"}
    assert runs.stage.invoke("recovery_check")


def test_what_the_function_gives_up_is_a_dead_letter(runs):
    """As Lambda itself leaves it: with the event; nobody is notified a second time."""
    execution = runs.start("database_backup", slot="no time")
    ended = runs.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", FUNCTION_FAILED)
    sqs = runs.prod.client("sqs")
    queue = sqs.get_queue_url(QueueName="junkos-prod-dead-letters")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ())
    letters = [json.loads(it["Body"]) for it in messages]
    (letter,) = [it for it in letters if it.get("execution") == execution]
    assert letter["event"] == {"slot": "no time"}
    assert "is no ISO 8601 time" in json.dumps(letter["error"])
    assert not runs.stage.logged("database_backup", "ended as FAILED")
