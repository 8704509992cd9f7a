"""What a program logs reaches its log group."""

import json

import pytest

from emulator import log_shipper
from tests.integration.emulator.waiting import until


@pytest.fixture
def log(tmp_path):
    log = tmp_path / "backend.log"
    log.write_text("first\n")
    return log


@pytest.fixture
def shipped(running, client, tmp_path, log):
    """A way to read what has arrived."""
    logs = client("logs")
    logs.create_log_group(logGroupName="/test/backend")
    child = log_shipper.start(running, tmp_path, log, "/test/backend", outlives_parent=False)
    yield lambda: [event["message"] for event in logs.filter_log_events(logGroupName="/test/backend")["events"]]
    child.stop()
    logs.delete_log_group(logGroupName="/test/backend")


def test_lines_arrive_whole_and_ordered(log, shipped):
    """Lines arrive whole and in their order and after a new beginning."""
    with log.open("a") as file:
        file.write(json.dumps({"second": "ü"}, ensure_ascii=False) + "\nthi")
        file.flush()
        until(lambda: len(shipped()) == 2)
        file.write("rd\n")
    until(lambda: len(shipped()) == 3)
    log.write_text("anew\n")
    until(lambda: len(shipped()) == 4)
    assert shipped() == ["first", '{"second": "ü"}', "third", "anew"]


def test_missing_group_is_one_line(running, tmp_path, log):
    """A group that is not there is one clear line."""
    child = log_shipper.start(running, tmp_path, log, "/test/nowhere", outlives_parent=False)
    until(lambda: child.process.poll() is not None)
    assert f"{log} is not shipped to /test/nowhere: " in child.last_line()
    child.stop()
