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


def test_layer_program_is_executable(client, function):
    """A program in a layer can be executed."""
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


def test_late_line_belongs_to_its_invocation():
    """A line that is read a little later belongs to its own invocation."""
    assert function_output.drained(SimpleNamespace(_stderr_queue=Pipe())) == "first\nsecond"


def test_unfinished_line_is_separated(function):
    """A line without an end is distinguished from what ends the invocation."""
    deployed = function(handler("sys.stdout.write('no end')"))
    deployed.invoke()
    assert deployed.lines()[1:-2] == ["no end"]


def test_packages_outside_layers_are_missing(function):
    """Packages that no layer brings cannot be imported."""
    answer, failed = function(handler("import moto")).invoke()
    assert failed
    assert answer["errorType"] == "ModuleNotFoundError"


def test_boto3_comes_with_the_runtime(function):
    assert function(handler("import boto3; return boto3.__name__")).invoke() == ("boto3", False)


def test_functions_do_not_run_as_root(function):
    (uid, effective), _ = function(handler("return os.getuid(), os.geteuid()")).invoke()
    assert 0 not in (uid, effective)


def test_failure_has_type_message_and_stack(function):
    """A failure carries the exceptions type message and stack."""
    answer, failed = function(handler("raise LookupError('no such backup')")).invoke()
    assert failed
    assert (answer["errorType"], answer["errorMessage"]) == ("LookupError", "no such backup")
    assert "in handler" in "".join(answer["stackTrace"])


def test_failed_initialization_is_logged(function):
    """A function that cannot be initialized says why in its log."""
    deployed = function("print('starting')\nimport no_such_package")
    answer, failed = deployed.invoke()
    assert failed
    assert "no_such_package" in answer["errorMessage"]
    assert deployed.line("ModuleNotFoundError")


def test_output_is_in_the_log(function):
    """What a function and its programs print is in its log."""
    deployed = function(handler("print('from Python'); subprocess.run(['echo', 'from a program'])"))
    deployed.invoke()
    assert deployed.line("from Python")
    assert deployed.line("from a program")


def test_timeout_ends_all_processes(function, tmp_path):
    """A timeout ends the function and every process it started."""
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


def test_failing_event_becomes_dead_letter(client, function, dead_letters):
    """An event that keeps failing is retried and goes with its error to the dead letters."""
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


def test_object_key_suffix_starts_function(client, function):
    """An object whose key ends as the rule says starts the function."""
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


def test_schedule_passes_its_slot(client, function):
    """A schedule says the function which slot it runs for."""
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
