"""A line in a log group."""

import re

import pytest

from lambdas.self_test.probes import masking
from lambdas.self_test.probes.masking import MASKING
from stacks.platform.log_protection import EXPRESSIONS
from tests.unit.lambdas.self_test.situations import GROUP, situation


class Logs:
    """CloudWatch Logs: shows what was written from the third look on, as `shown` makes it."""

    class exceptions:  # noqa: N801  (as botocore names it)
        class ResourceAlreadyExistsException(Exception):  # noqa: N818
            pass

    def __init__(self, shown, *, there=False):
        self.shown, self.there, self.written, self.looks = shown, there, [], 0

    def create_log_stream(self, logGroupName, logStreamName):  # noqa: N803
        assert (logGroupName, logStreamName) == (GROUP, "self-test")
        if self.there:
            raise self.exceptions.ResourceAlreadyExistsException

    def put_log_events(self, logEvents, **_):  # noqa: N803
        self.written += [event["message"] for event in logEvents]

    def get_log_events(self, nextToken="", **asked):  # noqa: N803
        assert asked["startFromHead"] is True
        assert nextToken == (f"page {self.looks}" if self.looks else "")
        self.looks += 1
        messages = ["another line", *map(self.shown, self.written)] if self.looks > 2 else []
        return {"events": [{"message": each} for each in messages], "nextForwardToken": f"page {self.looks}"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(masking, "POLL", 0.001)
    monkeypatch.setattr(masking, "PATIENCE", 0.1)


def as_cloudwatch(line):
    """Each character of what the policy finds is a star."""
    return re.sub(EXPRESSIONS["Password"], lambda found: "*" * len(found[0]), line)


def asked(logs):
    seen = MASKING.ask(situation(lambda _: logs))
    return seen.outcome.value, seen.text


@pytest.mark.parametrize("there", [False, True])
def test_stars_pass(there):
    logs = Logs(as_cloudwatch, there=there)
    outcome, text = asked(logs)
    assert (outcome, text.startswith(f"an invented secret in {GROUP} reads as stars")) == ("passed", True)
    assert len(logs.written) == 1


def test_shown_secret_fails():
    logs = Logs(lambda line: line)
    outcome, text = asked(logs)
    assert outcome == "failed"
    assert logs.written[0].partition("password=")[2] not in text


def test_cut_line_is_no_mask():
    assert asked(Logs(lambda line: line.partition("password=")[0]))[0] == "failed"


def test_line_that_does_not_come_says_nothing():
    assert asked(Logs(lambda line: "something else"))[0] == "could not be asked"
