"""`ops prod load-test <verb>`: what is asked, shown and answered by exit code."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import click
import pytest

from lambdas.load_test.runs import Run
from lambdas.shared.clock import now
from lambdas.shared.reports import Reports
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.load_tests import Verdict
from ops.chosen import Chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.subjects import load_test
from ops.subjects.load_test import commands
from tests.unit.lambdas.load_test.test_written import FAILED, REPORT, STEP

PASSED = replace(REPORT, steps=(STEP,), verdict=Verdict.PASSED, reason="", knee_multiple=None)


class Runs:
    """Stands in for the run's record."""

    def __init__(self, run=None):
        self.run, self.stopped = run, []

    def last(self):
        return self.run

    def stop(self, run, by):
        self.stopped.append((run.id, by))


@pytest.fixture
def ops(monkeypatch):
    """Types a command; `ops.asked` is what the function was invoked with."""

    def typed(*arguments, answer=None, runs=None, section=True):
        chosen = Chosen("prod")
        settings = SimpleNamespace(
            name="prod", service="junkos", region="x", load_test=SimpleNamespace(step_seconds=120) if section else None
        )
        chosen.__dict__["settings"] = settings
        account = SimpleNamespace(reports=lambda: Reports(None, "bucket"), invoke=lambda *_, **event: asked(event))

        def asked(event):
            typed.asked = event
            if isinstance(answer, BaseException):
                raise answer
            return answer

        chosen.__dict__["account"] = account
        monkeypatch.setattr(load_test, "Runs", lambda *_: runs or Runs())
        return commands.main(arguments, obj=chosen, standalone_mode=False) or ExitCode.DONE

    monkeypatch.setattr(load_test, "operator", lambda: "ana")
    return typed


def goes_on(**fields):
    return Run(
        **({"id": "one", "requested_by": "ben", "started_at": now(), "until": now() + timedelta(hours=1)} | fields)
    )


def test_start_asks_for_the_rate_that_was_named(ops, capsys):
    assert ops("start", "--twice-of", "600/min", answer={"report": encode(PASSED)}) == ExitCode.DONE
    assert (ops.asked["busiest_per_minute"], ops.asked["requested_by"]) == (600, "ana")
    assert "Load test of prod: passed." in capsys.readouterr().out


def test_start_ends_with_1_unless_it_passed(ops, capsys):
    assert ops("start", answer={"report": encode(REPORT)}) == ExitCode.WRONG
    assert ops.asked["busiest_per_minute"] is None
    assert "5xx 60, timeout 3" in capsys.readouterr().out


def test_start_as_json(ops, capsys):
    ops("start", "--json", answer={"report": encode(REPORT)})
    assert [step["verdict"] for step in json.loads(capsys.readouterr().out)["steps"]] == ["passed", "failed"]
    assert FAILED in REPORT.steps


def test_refusal_is_one_line_with_the_environment_s_name(ops):
    with pytest.raises(OpsError, match=r"^no load test: no proof \(ops prod backup now\)$"):
        ops("start", answer={"refused": "no proof (ops ENVIRONMENT backup now)"})


@pytest.mark.parametrize("rate", ["0/min", "x", "600/h", "-5", "1e9"])
def test_rate_that_is_none_is_refused(ops, rate):
    with pytest.raises(Exception, match="is not a number of requests a minute, such as 600/min"):
        ops("start", "--twice-of", rate)


def test_ctrl_c_stops_the_test(ops):
    """Else it would go on without anybody who looks."""
    runs = Runs(goes_on())
    with pytest.raises(click.Abort):
        ops("start", answer=KeyboardInterrupt(), runs=runs)
    assert runs.stopped == [("one", "ana")]


def test_stop(ops, capsys):
    runs = Runs(goes_on())
    assert ops("stop", runs=runs) == ExitCode.DONE
    assert runs.stopped == [("one", "ana")]
    assert ops("stop", runs=Runs(goes_on(ended_at=now()))) == ExitCode.WRONG
    assert ops("stop", runs=Runs(goes_on(until=now()))) == ExitCode.WRONG
    assert "no load test goes on" in capsys.readouterr().out


def test_status(ops, capsys):
    ops("status")
    assert capsys.readouterr().out == "there was no load test yet: ops prod load-test start runs one\n"
    ops("status", runs=Runs(goes_on(doing="step 2 of 4")))
    out = capsys.readouterr().out
    assert "goes on, until" in out
    assert "step 2 of 4" in out
    ops("status", "--json", runs=Runs(goes_on(until=now())))
    assert json.loads(capsys.readouterr().out)["running"] is False


def test_environment_without_a_section_says_so(ops):
    with pytest.raises(UsageError, match=r"prod has no load test: its file has no section \[load_test\]"):
        ops("start", section=False)
