"""Steps of a large run, and how one goes wrong: nothing stays behind, and people learn of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.large_run import results
from lambdas.large_run.order import PATIENCE
from lambdas.large_run.respond import Runner
from lambdas.large_run.settings import Settings
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.large_runs import (
    DEVICE,
    FAILED_RUN,
    FUNCTION_FAILED,
    LARGE_RUN_FAILED,
    LEFTOVER,
    LOG,
    RESULT,
    Job,
    Phase,
    TooLarge,
    folder_of,
)

NOW = datetime(2026, 12, 2, 2, 0, 5, tzinfo=UTC)
GB = 10**9
MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:junkos-test-restore-verification"
EXECUTION = "arn:aws:states:us-east-1:111122223333:execution:junkos-test-restore-verification:one"
OTHER = EXECUTION.replace(":one", ":two")
FOLDER = "_runs/restore-verification/one/"
SETTINGS = Settings(environment="test", bucket="backups", spot=False, time_limit=timedelta(hours=12))
JOB = Job(
    function="restore_verification",
    launch_template="lt-1",
    launch_template_version="3",
    subnets=("subnet-a", "subnet-b"),
    security_groups=("sg-1",),
    code="s3://assets/code.zip",
    layers=("s3://assets/layer.zip",),
    variables={"ENVIRONMENT": "test"},
    python="3.13",
    region="us-east-1",
    disk_gb=30,
    disk_share=2.25,
    tags={"team": "shop", "environment": "theirs"},
)
KEY = "orders/2026/12/02/20261202T020000Z-01234567/manifest.json"
EVENT = {"detail": {"bucket": {"name": "backups"}, "object": {"key": KEY}}}
NO_CAPACITY = "InsufficientInstanceCapacity"


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": f"{code} of EC2"}}, "RunInstances")


class Ec2:
    """EC2's instances, which are known by the filters of a description; a token is good for one instance."""

    class exceptions:  # noqa: N801  (as botocore has it)
        ClientError = ClientError

    def __init__(self):
        self.instances, self.asked, self.terminated = {}, [], []
        self.refuses, self.refuses_end = {}, []
        self.shown = True

    def run_instances(self, **wanted):
        self.asked.append(wanted)
        subnet = wanted["NetworkInterfaces"][0]["SubnetId"]
        if code := self.refuses.get(subnet, self.refuses.get("*")):
            raise refusal(code)
        tags = {tag["Key"]: tag["Value"] for tag in wanted["TagSpecifications"][0]["Tags"]}
        known = {it["token"]: it for it in self.instances.values()}
        found = known.get(wanted["ClientToken"]) or self.there_is(tags, token=wanted["ClientToken"])
        return {"Instances": [found]}

    def there_is(self, tags, *, token="", state="running", launched_at=NOW):
        identifier = f"i-{len(self.instances)}"
        self.instances[identifier] = {
            "InstanceId": identifier,
            "State": {"Name": state},
            "LaunchTime": launched_at,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "token": token,
        }
        return self.instances[identifier]

    def get_paginator(self, name):
        assert name == "describe_instances"
        return self

    def paginate(self, *, Filters):  # noqa: N803
        for instance in self.instances.values() if self.shown else ():
            tags = {f"tag:{tag['Key']}": tag["Value"] for tag in instance["Tags"]}
            if all(tags.get(it["Name"]) in it["Values"] for it in Filters):
                yield {"Reservations": [{"Instances": [instance]}]}

    def terminate_instances(self, *, InstanceIds):  # noqa: N803
        if self.refuses_end:
            raise refusal(self.refuses_end.pop())
        self.terminated += InstanceIds
        for identifier in InstanceIds:
            self.instances[identifier]["State"] = {"Name": "shutting-down"}


class Functions:
    def __init__(self):
        self.told = []

    def invoke(self, *, FunctionName, InvocationType, Payload):  # noqa: N803
        assert InvocationType == "Event"
        self.told.append((FunctionName, json.loads(Payload)[FAILED_RUN]))


class Machine:
    """The function's steps, as the state machine takes them."""

    def __init__(self, s3, settings=SETTINGS):
        self.ec2, self.s3, self.functions, self.moment = Ec2(), s3, Functions(), NOW
        self.runner = Runner(settings, self.ec2, s3, self.functions, clock=lambda: self.moment)

    def step(self, step, state, execution=EXECUTION, **handed):
        asked = {"step": step, "function": JOB.function, "execution": execution, "state": state, **handed}
        return json.loads(json.dumps(self.runner.respond(json.loads(json.dumps(asked)))))

    def order(self, execution=EXECUTION, event=EVENT, size=100 * GB, run=None, job=JOB):
        state = {**TooLarge(size, 8 * GB).answer(), **({"run": run} if run else {})}
        return self.step("order", state, execution, event=event, job=encode(job))

    def look(self, run):
        return self.step("look", {"run": run})

    def end(self, run=None, error=None):
        return self.step("end", {"run": run} if error is None else {"error": error})

    def puts(self, name, content):
        self.s3.put_object(Bucket="backups", Key=FOLDER + name, Body=content)


@pytest.fixture
def machine():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="backups")
        yield Machine(s3)


def test_instance_is_ordered_as_it_must_be(machine):
    """In our place, with our disk, and with what it is found and paid by."""
    run = machine.order()
    assert run["phase"] == Phase.RUNNING
    (asked,) = machine.ec2.asked
    assert asked["LaunchTemplate"] == {"LaunchTemplateId": "lt-1", "Version": "3"}
    assert (asked["MinCount"], asked["MaxCount"]) == (1, 1)
    (interface,) = asked["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False
    assert (interface["SubnetId"], interface["Groups"]) == ("subnet-a", ["sg-1"])
    (disk,) = asked["BlockDeviceMappings"]
    assert disk["DeviceName"] == DEVICE
    assert disk["Ebs"]["Encrypted"]
    assert disk["Ebs"]["DeleteOnTermination"]
    assert disk["Ebs"]["VolumeSize"] == 30 + 225
    for specification in asked["TagSpecifications"]:
        tags = {tag["Key"]: tag["Value"] for tag in specification["Tags"]}
        assert tags.items() >= {"purpose": "large-run", "environment": "test", "service": "junkos"}.items()
        assert tags["team"] == "shop"
        assert tags["execution"] == EXECUTION
    assert "InstanceMarketOptions" not in asked
    assert f"s3://backups/{FOLDER}" in asked["UserData"]
    assert folder_of(JOB.function, EXECUTION) == FOLDER


def test_only_a_restore_pays_for_a_fast_disk(machine):
    """A dump passes by the disk."""
    machine.order(job=replace(JOB, disk_share=0.0))
    machine.order(OTHER, event={})
    disks = [it["BlockDeviceMappings"][0]["Ebs"] for it in machine.ec2.asked]
    assert [(it["VolumeSize"], it.get("Throughput")) for it in disks] == [(30, None), (255, 500)]


def test_disk_is_no_larger_than_there_are(machine):
    machine.order(size=10**14)
    assert machine.ec2.asked[0]["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 16_000


def test_spot_is_asked_for_where_it_is_wanted(machine):
    with_spot = Machine(machine.s3, replace(SETTINGS, spot=True))
    with_spot.order()
    assert with_spot.ec2.asked[0]["InstanceMarketOptions"]["MarketType"] == "spot"


def test_doubled_order_starts_no_second_instance(machine):
    """Whether EC2 shows the first one already or not: the token is the execution's."""
    first = machine.order()
    assert machine.order() == first
    machine.ec2.shown = False
    assert machine.order()["instance"] == first["instance"]
    assert len(machine.ec2.instances) == 1


def test_second_run_of_the_same_backup_does_nothing(machine):
    first = machine.order()
    second = machine.order(execution=OTHER)
    assert (second["phase"], second["instance"]) == (Phase.ELSEWHERE, first["instance"])
    assert len(machine.ec2.instances) == 1


def test_run_on_demand_is_like_no_other(machine):
    """The same backup may be proven again."""
    for execution in (EXECUTION, OTHER):
        assert machine.order(execution, {"backup": "orders/x/"})["phase"] == Phase.RUNNING
    assert len(machine.ec2.instances) == 2


def test_ended_instance_does_not_keep_a_later_run_away(machine):
    machine.order()
    machine.ec2.instances["i-0"]["State"] = {"Name": "terminated"}
    assert machine.order(execution=OTHER)["instance"] == "i-1"


@pytest.mark.parametrize("code", [NO_CAPACITY, "Unsupported", "InsufficientFreeAddressesInSubnet"])
def test_full_zone_is_passed_over(machine, code):
    machine.ec2.refuses = {"subnet-a": code}
    assert machine.order()["phase"] == Phase.RUNNING
    assert [it["NetworkInterfaces"][0]["SubnetId"] for it in machine.ec2.asked] == ["subnet-a", "subnet-b"]


def test_capacity_is_waited_for_and_then_given_up(machine):
    machine.ec2.refuses = {"*": NO_CAPACITY}
    run = machine.order()
    assert run["phase"] == Phase.WAITING
    machine.moment += PATIENCE - timedelta(minutes=1)
    run = machine.order(run=run)
    assert run["phase"] == Phase.WAITING
    machine.moment += timedelta(minutes=1)
    run = machine.order(run=run)
    assert run["phase"] == Phase.ENDED
    failure = machine.end(run)[FAILED_RUN]
    assert "AWS had no such instance for 1 h" in failure
    assert "backups.large_runs.instance_type" in failure


def test_capacity_that_comes_is_taken(machine):
    machine.ec2.refuses = {"*": NO_CAPACITY}
    run = machine.order()
    machine.ec2.refuses = {}
    machine.moment += timedelta(minutes=5)
    assert machine.order(run=run)["phase"] == Phase.RUNNING


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("VcpuLimitExceeded", "raise the account's quota 'Running On-Demand Standard instances' (L-1216C47A)"),
        ("MaxSpotInstanceCountExceeded", "backups.large_runs.spot = false"),
        ("PendingVerification", "AWS is verifying the account"),
        ("UnauthorizedOperation", "service control policy"),
        ("InvalidLaunchTemplateId.NotFound", "deploy again"),
        ("SomethingNew", "SomethingNew of EC2"),
    ],
)
def test_refused_order_is_one_line_with_its_remedy(machine, code, remedy):
    machine.ec2.refuses = {"*": code}
    run = machine.order()
    assert run["phase"] == Phase.ENDED
    assert len(machine.ec2.asked) == 1
    failure = machine.end(run)[FAILED_RUN]
    assert failure.startswith("the large run of restore_verification failed: EC2 refused the instance: ")
    assert remedy in failure
    assert "\n" not in failure


def test_run_goes_on_while_its_instance_works(machine):
    run = machine.order()
    machine.moment += timedelta(hours=11)
    assert machine.look(run) == run


def test_instance_that_is_not_shown_yet_is_waited_for(machine):
    run = machine.order()
    machine.ec2.shown = False
    machine.moment += timedelta(minutes=4)
    assert machine.look(run) == run
    machine.moment += timedelta(minutes=2)
    assert machine.look(run)["phase"] == Phase.ENDED


def test_answer_of_the_instance_is_the_functions(machine, capsys, caplog):
    """Its log, with its metrics, is this function's; what is no document of its own code is wrapped."""
    run = machine.order()
    line = json.dumps({"_aws": {"Timestamp": 1}, "backup_rows": 7})
    machine.puts(LOG, f"{line}\nKilled\n\n".encode())
    machine.puts(RESULT, json.dumps({"answer": {"verdict": "proven"}}))
    machine.ec2.instances["i-0"]["State"] = {"Name": "terminated"}
    run = machine.look(run)
    assert run["phase"] == Phase.ENDED
    assert machine.end(run) == {"verdict": "proven"}
    written = capsys.readouterr().out.splitlines()
    assert line in written
    assert [it.line for it in caplog.records if it.msg == "from the instance"] == ["Killed"]


def test_error_of_the_instance_is_the_failure(machine):
    run = machine.order()
    machine.puts(RESULT, json.dumps({"error": "OutOfTimeError", "message": "the time is up"}))
    failure = machine.end(run)[FAILED_RUN]
    assert failure == "the large run of restore_verification failed: OutOfTimeError: the time is up"
    assert machine.ec2.terminated == ["i-0"]


def test_instance_that_never_reports_is_ended_in_time(machine):
    run = machine.order()
    machine.puts(LOG, b"installing\nno route\n")
    machine.moment += timedelta(hours=12, minutes=1)
    run = machine.look(run)
    assert run["phase"] == Phase.ENDED
    failure = machine.end(run)[FAILED_RUN]
    assert "it was not done after 12 h (raise backups.large_runs.time_limit_hours)" in failure
    assert failure.endswith("the log ends with: installing | no route")
    assert machine.ec2.terminated == ["i-0"]


@pytest.mark.parametrize("before", range(540, 620, 4))
def test_secret_is_masked_wherever_the_log_is_cut(machine, before):
    """Half a secret is not recognised as one."""
    run = machine.order()
    machine.puts(LOG, f"postgresql://app:hunter2hunter2@db.example/orders {'x' * before}\n".encode())
    assert "hunter2" not in machine.end(run)[FAILED_RUN]


def test_instance_that_spot_took_back_says_so(machine):
    run = machine.order()
    reason = {"Message": "Server.SpotInstanceTermination: Spot instance termination"}
    machine.ec2.instances["i-0"] |= {"State": {"Name": "terminated"}, "StateReason": reason}
    run = machine.look(run)
    assert run["phase"] == Phase.ENDED
    assert "ended without a result: Server.SpotInstanceTermination" in machine.end(run)[FAILED_RUN]


def test_instance_that_does_not_go_by_itself_is_ended(machine):
    """Its result is written, and by then it should be off."""
    run = machine.order()
    machine.puts(RESULT, json.dumps({"answer": {}}))
    written = machine.s3.head_object(Bucket="backups", Key=FOLDER + RESULT)["LastModified"]
    machine.ec2.instances["i-0"]["LaunchTime"] = written
    run["ordered_at"] = written.isoformat()
    machine.moment = written + timedelta(minutes=4)
    assert machine.look(run)["phase"] == Phase.RUNNING
    machine.moment = written + timedelta(minutes=6)
    assert machine.look(run)["phase"] == Phase.ENDED
    assert machine.end(run) == {}
    assert machine.ec2.terminated == ["i-0"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "neither an answer nor an error"),
        (b'{"answer": 3}', "neither an answer nor an error"),
        (b'"' + b"x" * results.LARGEST_RESULT + b'"', "more than is read"),
    ],
)
def test_unreadable_result_is_a_failure(machine, content, said):
    run = machine.order()
    machine.puts(RESULT, content)
    failure = machine.end(run)[FAILED_RUN]
    assert said in failure
    assert f"s3://backups/{FOLDER}{RESULT}" in failure


def test_answer_too_long_for_the_state_machine_is_pointed_to(machine):
    run = machine.order()
    machine.puts(RESULT, json.dumps({"answer": {"checks": "x" * results.LARGEST_ANSWER}}))
    assert machine.end(run) == {"result": f"s3://backups/{FOLDER}{RESULT}"}


def test_only_the_end_of_a_long_log_is_copied(machine, capsys, caplog, monkeypatch):
    """From its first whole line on."""
    monkeypatch.setattr(results, "LARGEST_LOG", 100)
    run = machine.order()
    machine.puts(LOG, b"".join(b'{"line": %d}\n' % number for number in range(1000, 2000)))
    machine.puts(RESULT, json.dumps({"answer": {}}))
    machine.end(run)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [it["line"] for it in written if it.keys() == {"line"}] == list(range(1994, 2000))
    (told,) = [it for it in caplog.records if "only the log's end" in it.msg]
    assert told.left_out_bytes == 994 * 15


def test_empty_log_is_none(machine):
    run = machine.order()
    machine.puts(LOG, b"")
    assert machine.end(run)[FAILED_RUN].endswith("it wrote no result")


def test_log_that_cannot_be_read_ends_no_run(machine):
    run = machine.order()
    machine.puts(RESULT, json.dumps({"answer": {"ok": 1}}))
    get = machine.s3.get_object

    def without_log(*, Key, **asked):  # noqa: N803
        if Key.endswith(LOG):
            raise refusal("AccessDenied")
        return get(Key=Key, **asked)

    machine.s3.get_object = without_log
    assert machine.end(run) == {"ok": 1}


def test_refused_termination_is_tried_again(machine):
    """The step fails, and the state machine repeats it."""
    run = machine.order()
    machine.puts(RESULT, json.dumps({"answer": {"ok": 1}}))
    machine.ec2.refuses_end = ["RequestLimitExceeded"]
    with pytest.raises(ClientError, match="RequestLimitExceeded"):
        machine.end(run)
    assert machine.end(run) == {"ok": 1}
    assert machine.ec2.terminated == ["i-0"]


def test_failed_step_is_the_runs_failure(machine):
    machine.order()
    cause = json.dumps({"errorMessage": "UnauthorizedOperation of EC2", "errorType": "ClientError"})
    failure = machine.end(error={"Error": "ClientError", "Cause": cause})[FAILED_RUN]
    assert "failed: ClientError: UnauthorizedOperation of EC2" in failure
    assert machine.ec2.terminated == ["i-0"]


def test_no_other_executions_instance_is_ended(machine):
    machine.order(execution=OTHER)
    assert FAILED_RUN in machine.end()
    assert machine.ec2.terminated == []


def broke_off(status="ABORTED", **known):
    return {"detail": {"stateMachineArn": MACHINE, "executionArn": EXECUTION, "status": status, **known}}


def test_aborted_execution_is_ended_and_told(machine):
    machine.order()
    assert machine.runner.respond(broke_off()) == {"reported": True}
    assert machine.ec2.terminated == ["i-0"]
    ((function, text),) = machine.functions.told
    assert function == "junkos-test-restore-verification"
    assert text.startswith("the large run of restore_verification failed: its execution ended as ABORTED")


def test_failed_execution_is_told_in_its_own_words(machine):
    """Its log is copied already."""
    machine.puts(LOG, b"once")
    machine.runner.respond(broke_off("FAILED", error=LARGE_RUN_FAILED, cause="the large run failed: because"))
    assert machine.functions.told == [("junkos-test-restore-verification", "the large run failed: because")]


def test_failed_function_has_told_by_itself(machine):
    machine.runner.respond(broke_off("FAILED", error=FUNCTION_FAILED, cause="see its log"))
    assert machine.functions.told == []


def test_what_breaks_off_after_its_answer_is_told(machine):
    machine.order()
    machine.puts(RESULT, json.dumps({"answer": {}}))
    machine.runner.respond(broke_off("TIMED_OUT"))
    ((_, text),) = machine.functions.told
    assert text == "the run of restore_verification came to its answer, but its execution ended as TIMED_OUT"


def left(machine, age, **tags):
    known = {"purpose": "large-run", "service": "junkos", "environment": "test", "job": "database_backup"}
    machine.ec2.there_is({**known, "execution": OTHER, **tags}, launched_at=NOW - age)


def test_leftover_is_ended_and_told(machine):
    left(machine, SETTINGS.time_limit + LEFTOVER + timedelta(minutes=1))
    left(machine, SETTINGS.time_limit)
    assert machine.runner.respond({"step": "reap"}) == {"terminated": ["i-0"]}
    ((function, text),) = machine.functions.told
    assert function == "junkos-test-database-backup"
    assert "instance i-0 of a large run is there for 15 h" in text


@pytest.mark.parametrize("tags", [{"environment": "prod"}, {"service": "shop"}, {"purpose": "mine"}])
def test_nobody_elses_instance_is_reaped(machine, tags):
    left(machine, timedelta(days=30), **tags)
    assert machine.runner.respond({"step": "reap"}) == {"terminated": []}
    assert machine.functions.told == []


def test_leftover_is_told_of_though_it_cannot_be_ended(machine):
    left(machine, timedelta(days=30))
    machine.ec2.refuses_end = ["UnauthorizedOperation"]
    with pytest.raises(ClientError):
        machine.runner.respond({"step": "reap"})
    assert machine.functions.told


def test_leftover_is_ended_though_nobody_can_be_told(machine):
    left(machine, timedelta(days=30), job="")
    machine.functions.invoke = lambda **_: (_ for _ in ()).throw(refusal("ResourceNotFoundException"))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        machine.runner.respond({"step": "reap"})
    assert machine.ec2.terminated == ["i-0"]
