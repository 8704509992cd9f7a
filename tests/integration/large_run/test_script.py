"""The script of an instance, run for real among programs that stand in for Amazon Linux's: whatever happens, a log and
a result lie in the bucket, and the instance has shut itself down."""

import json
import re

import pytest

from lambdas.vocabulary.large_runs import LARGE_RUN_FAILED
from tests.integration.emulator.waiting import until
from tests.integration.large_run.instance import is_there

HOSTILE = "'; rm -rf / #\" $(touch /tmp/owned) `id` \\ \n line two\t€ 'end"


def of_probe(**event):
    return {"do": "answer", **event}


def test_handler_gets_what_lambda_would_give(instances):
    found = instances.run(event=of_probe(of="test")).result["answer"]
    assert found["event"] == {"do": "answer", "of": "test"}
    context, variables = found["context"], found["variables"]
    assert context["function_name"] == variables["AWS_LAMBDA_FUNCTION_NAME"] == "junkos-test-probe"
    assert context["aws_request_id"] == context["log_stream_name"]
    assert 0 < context["left"] < 3600 * 1000 - 120_000
    assert context["memory_limit_in_mb"] > 100
    assert variables["LARGE_RUN"] == "true"
    assert variables["TMPDIR"].startswith(str(instances.directory))
    assert variables["HOME"] == "/nonexistent"
    assert found["user"] != 0


@pytest.mark.parametrize("text", [HOSTILE, "€" * 500, "\u2028 \x00 \x7f"])
def test_texts_arrive_as_they_are(instances, text):
    """Neither the event's nor the variables' reach a shell."""
    variable = text.replace("\x00", "")
    found = instances.run(event=of_probe(text=text), variables={"ENVIRONMENT": "test", "TEXT": variable})
    assert found.result["answer"]["event"]["text"] == text
    assert found.result["answer"]["variables"]["TEXT"] == variable


def test_error_of_the_function_is_the_result(instances):
    found = instances.run(event={"do": "raise", "text": HOSTILE})
    assert found.result == {"error": "ValueError", "message": HOSTILE}
    assert "the probe begins" in found.log


def test_function_that_is_not_there_is_told(instances):
    found = instances.run("not_there", event={})
    assert found.result["error"] == "ModuleNotFoundError"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"do": "die"}, "the run was killed, as it happens where the memory is used up: .*the probe begins"),
        ({"do": "leave"}, "the run ended with status 0: .*the probe begins"),
        ("no JSON at all", "Expecting value"),
    ],
)
def test_run_without_an_answer_is_an_error(instances, event, said):
    found = instances.run(event=event)
    assert re.search(said, found.result["message"])
    assert found.written() == {"log.jsonl", "result.json"}


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        (
            {"dnf": "echo 'Error: Failed to download metadata for repo' >&2; exit 1"},
            "installing Python .*status 1",
        ),
        (
            {"dnf": "exit 0", "unzip": "echo 'End-of-central-directory not found'; exit 9"},
            "fetching the code.*status 9",
        ),
        ({"sysctl": "echo 'permission denied' >&2; exit 255"}, "preparing the run ended with status 255"),
    ],
)
def test_failed_preparation_is_told_with_its_last_words(instances, programs, said):
    found = instances.run(event=of_probe(), programs=programs).result
    assert found["error"] == LARGE_RUN_FAILED
    assert re.match(said, found["message"])
    assert re.search("download metadata|directory not found|permission denied", found["message"])


def test_refused_download_is_told(instances):
    found = instances.run(event=of_probe(), code="s3://cdk-test-assets/not-there.zip").result
    assert found["error"] == LARGE_RUN_FAILED
    assert re.match("fetching the code ended with status 1: .*not-there.zip.*404", found["message"])


def test_download_is_tried_again(instances):
    """A new instance has its rights and its network only some seconds after its start."""
    refusing = 'if mkdir "$MACHINE_FOLDER/tried" 2>/dev/null; then echo "Unable to locate credentials"; exit 253; fi\n'
    refusing += 'PATH="${PATH#*:}" exec aws "$@"'
    assert "answer" in instances.run(event=of_probe(), programs={"aws": refusing}).result


def test_time_over_ends_the_run_with_all_that_it_started(instances):
    only_now = 'if [ "$2" = now ]; then PATH="${PATH#*:}" exec shutdown "$@"; fi'  # there a minute is a second
    started = instances.start(event={"do": "linger"}, seconds=135, programs={"shutdown": only_now})
    until(lambda: "log.jsonl" in started.written() and "the probe begins" in started.log)
    processes, found = started.processes(), started.ended()
    assert found.result["error"] == LARGE_RUN_FAILED
    assert found.result["message"].startswith("the run was stopped, as the time that a run has is over (135 s)")
    assert len(processes) > 4
    assert not any(map(is_there, processes))


def test_hard_limit_ends_the_instance_whatever_hangs(instances):
    """A minute of it is a second here."""
    started = instances.start(event=of_probe(), programs={"dnf": "command -p sleep 4321"}, seconds=300)
    processes = until(lambda: len(started.processes()) > 4 and started.processes())
    started.ended()
    assert not any(map(is_there, processes))
    assert "result.json" not in started.written()


def test_log_is_there_before_the_end(instances):
    """An instance may be taken away without one."""
    started = instances.start(event={"do": "linger"})
    until(lambda: "log.jsonl" in started.written() and "the probe begins" in started.log)
    assert started.written() == {"log.jsonl"}


def test_long_log_is_cut_at_its_beginning(instances):
    found = instances.run(event={"do": "talk", "lines": 100_000})
    assert found.result == {"answer": {}}
    assert 3_900_000 < len(found.log) <= 4_000_000
    assert set(found.log.splitlines()) == {"x" * 99}


def test_shutdown_from_outside_is_told(instances):
    """A Spot instance that AWS takes back is shut down."""
    started = instances.start(event={"do": "linger"})
    until(lambda: "log.jsonl" in started.written() and "the probe begins" in started.log)
    started.shut_down()
    assert "as the instance was shut down" in started.ended().result["message"]


def test_nobody_else_reads_log_and_result(instances):
    """What is restored runs as the same user as the run, and must not write its result."""
    started = instances.start(event={"do": "linger"})
    until(lambda: "log.jsonl" in started.written() and "the probe begins" in started.log)
    (work,) = started.machine.folder.glob("large-run.*")
    modes = {path.name: path.stat().st_mode & 0o777 for path in work.iterdir()}
    assert (modes["log.jsonl"], modes["result.json"], modes["tmp"], modes["code"]) == (0o600, 0o600, 0o700, 0o755)


def test_result_is_written_last(instances):
    recording = 'echo "$5" >>"$MACHINE_FOLDER/../puts"; PATH="${PATH#*:}" exec aws "$@"'
    instances.run(event=of_probe(), programs={"aws": recording})
    puts = [line.rpartition("/")[2] for line in (instances.directory / "puts").read_text().splitlines()]
    assert puts[-2:] == ["log.jsonl", "result.json"]


def test_result_is_json_whatever_was_said(instances):
    programs = {"dnf": "printf 'no \\377 UTF-8 \"quoted\" \\\\ \\001'; exit 1"}
    found = instances.run(event=of_probe(), programs=programs)
    assert 'no � UTF-8 "quoted"' in json.loads(found.read("result.json"))["message"]
