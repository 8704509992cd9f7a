"""Functions run as they would at AWS, in what they can see of it."""

import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator.ministack import function_output, schedules
from tests.integration.emulator.conftest import archive
from tests.integration.emulator.waiting import until

RUN_PROGRAM = """
import pathlib, subprocess
def run():
    program = pathlib.Path(__file__).with_name("program")
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout
"""
TOOL_LAYER = {
    "python/tool/__init__.py": (RUN_PROGRAM, 0o644),
    "python/tool/program": ("#!/bin/sh\necho ran\n", 0o755),
}


def handler(body):
    return "import os, subprocess, sys, time\ndef handler(event, context):\n    " + body


def test_a_program_in_a_layer_can_be_executed(client, function):
    layer = client("lambda").publish_layer_version(LayerName="tool", Content={"ZipFile": archive(TOOL_LAYER)})
    answer = function(handler("import tool; return tool.run()"), Layers=[layer["LayerVersionArn"]]).invoke()
    assert answer == ("ran\n", False)


class Pipe:
    """What a function wrote, of which the second line is read a while after the first."""

    def __init__(self):
        self.lines = ["first", "second", function_output.MARK, "of the next invocation"]

    def get(self, timeout):
        time.sleep(0.05)
        return self.lines.pop(0)


def test_a_line_that_is_read_a_little_later_belongs_to_its_own_invocation():
    assert function_output.drained(SimpleNamespace(_stderr_queue=Pipe())) == "first\nsecond"


def test_a_line_without_an_end_is_told_apart_from_what_ends_the_invocation(function):
    deployed = function(handler("sys.stdout.write('no end')"))
    deployed.invoke()
    assert deployed.lines()[1:-2] == ["no end"]


def test_packages_that_no_layer_brings_cannot_be_imported(function):
    answer, failed = function(handler("import moto")).invoke()
    assert failed
    assert answer["errorType"] == "ModuleNotFoundError"


def test_boto3_comes_with_the_runtime(function):
    assert function(handler("import boto3; return boto3.__name__")).invoke() == ("boto3", False)


def test_functions_do_not_run_as_root(function):
    (uid, effective), _ = function(handler("return os.getuid(), os.geteuid()")).invoke()
    assert 0 not in (uid, effective)


def test_a_failure_carries_the_exceptions_type_message_and_stack(function):
    answer, failed = function(handler("raise LookupError('no such backup')")).invoke()
    assert failed
    assert (answer["errorType"], answer["errorMessage"]) == ("LookupError", "no such backup")
    assert "in handler" in "".join(answer["stackTrace"])


def test_a_function_that_cannot_be_initialized_says_why_in_its_log(function):
    deployed = function("print('starting')\nimport no_such_package")
    answer, failed = deployed.invoke()
    assert failed
    assert "no_such_package" in answer["errorMessage"]
    assert deployed.line("ModuleNotFoundError")


def test_what_a_function_and_its_programs_print_is_in_its_log(function):
    deployed = function(handler("print('from Python'); subprocess.run(['echo', 'from a program'])"))
    deployed.invoke()
    assert deployed.line("from Python")
    assert deployed.line("from a program")


def test_a_timeout_ends_the_function_and_every_process_it_started(function, tmp_path):
    pid_file = tmp_path / "pid"
    body = "open(event, 'w').write(str(subprocess.Popen(['sleep', '600']).pid)); time.sleep(600)"
    answer, failed = function(handler(body), Timeout=3).invoke(str(pid_file))
    assert failed
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 3.00 seconds" in answer["errorMessage"]
    until(lambda: not is_sleeping(pid_file.read_text()))


def is_sleeping(pid):
    try:
        return "(sleep) Z" not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def dead_letters(client):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    yield arn, lambda: sqs.receive_message(QueueUrl=url).get("Messages")
    sqs.delete_queue(QueueUrl=url)


def test_an_event_that_keeps_failing_is_retried_and_goes_with_its_error_to_the_dead_letters(
    client, function, dead_letters
):
    arn, received = dead_letters
    deployed = function(handler("raise ValueError('not today')"))
    client("lambda").put_function_event_invoke_config(
        FunctionName=deployed.name,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    client("lambda").invoke(FunctionName=deployed.name, InvocationType="Event", Payload=b'{"slot": 7}')
    (letter,) = until(received)
    envelope = json.loads(letter["Body"])
    assert envelope["requestPayload"] == {"slot": 7}
    assert envelope["responsePayload"]["errorType"] == "ValueError"
    assert len([line for line in deployed.lines() if line.startswith("START")]) == 2


def test_an_object_whose_key_ends_as_the_rule_says_starts_the_function(client, function):
    deployed = function(handler("print('key', event['detail']['object']['key'])"))
    s3, events = client("s3"), client("events")
    s3.create_bucket(Bucket="watched")
    s3.put_bucket_notification_configuration(
        Bucket="watched", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["watched"]}, "object": {"key": [{"suffix": "/manifest.json"}]}},
    }
    events.put_rule(Name="manifests", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="manifests", Targets=[{"Id": "function", "Arn": deployed.arn}])
    for key in ("a/dump", "a/manifest.json"):
        s3.put_object(Bucket="watched", Key=key, Body=b"{}")
    assert deployed.line("key a/manifest.json")
    assert [line for line in deployed.lines() if line.startswith("key")] == ["key a/manifest.json"]


def test_a_schedule_tells_the_function_which_slot_it_runs_for(client, function):
    deployed = function(handler("print('slot', event['time'])"))
    client("scheduler").create_schedule(
        Name="once",
        ScheduleExpression="at(2026-01-02T03:04:05)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": deployed.arn,
            "RoleArn": "arn:aws:iam::000000000000:role/anything",
            "Input": '{"time": "<aws.scheduler.scheduled-time>"}',
        },
    )
    assert deployed.line("slot") == "slot 2026-01-02T03:04:05Z"


def test_no_schedule_fires_while_they_are_paused(monkeypatch):
    ticks = []
    monkeypatch.setattr(schedules, "_fire_due", lambda: ticks.append("fired"))
    monkeypatch.setattr(schedules, "_paused", threading.Event())
    schedules.fire_due()
    schedules.pause({})
    schedules.fire_due()
    assert ticks == ["fired"]
