"""`ops prod self-test`: what it prints, and its exit code."""

import json
from types import SimpleNamespace

import pytest

from lambdas.self_test.run_self_test import Kept
from lambdas.vocabulary.self_test import Outcome, ProbeName, ProbeResult, SelfTest
from ops.chosen import Chosen
from ops.errors import ExitCode
from ops.subjects.self_test import commands
from tests.unit.lambdas.self_test.situations import NOW

GOOD = ProbeResult(ProbeName.METRICS, "Do metrics arrive?", Outcome.PASSED, "3 values")
BAD = ProbeResult(ProbeName.MASKING, "Is it masked?", Outcome.FAILED, "it is shown", "Secrets are readable.", "deploy")
ABSENT = ProbeResult(ProbeName.STATUS_PAGE, "Does the page answer?", Outcome.NOT_APPLICABLE, "there is none")
UNASKED = ProbeResult(ProbeName.ERROR_INTAKE, "Does it take chunks?", Outcome.NOT_ASKED, "denied")
FOLDER = "self-test/2026-11-30T05-30-00Z/"


def run(*results, arguments=(), folder=FOLDER, error=""):
    answer = json.loads(json.dumps(Kept(SelfTest(NOW, "ana", results), folder, error).as_dict()))
    asked = []
    chosen = Chosen("prod")
    account = SimpleNamespace(invoke=lambda *names, **event: asked.append((names, set(event))) or answer)
    chosen.__dict__["account"] = account
    code = commands.main(arguments, obj=chosen, standalone_mode=False) or ExitCode.DONE
    assert asked == [(("self_test",), {"requested_by"})]
    return code


def test_all_passed(capsys):
    assert run(GOOD, ABSENT) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines() == [
        "✓ Do metrics arrive? passed: 3 values",
        "- Does the page answer? not applicable: there is none",
        f"kept as {FOLDER} of the bucket of reports",
    ]


def test_failure_says_what_it_means_and_what_to_do(capsys):
    assert run(GOOD, BAD) == ExitCode.WRONG
    assert capsys.readouterr().out.splitlines()[1:4] == [
        "✗ Is it masked? failed: it is shown",
        "    it means: Secrets are readable.",
        "    do: deploy",
    ]


@pytest.mark.parametrize("results", [(GOOD, UNASKED), (ABSENT,), ()])
def test_what_was_not_proven_is_not_good(results):
    assert run(*results) == ExitCode.WRONG


def test_report_that_was_not_kept_is_told(capsys):
    assert run(GOOD, folder="", error="the report was not kept in reports: AccessDenied") == ExitCode.DONE
    assert capsys.readouterr().err.endswith("the report was not kept in reports: AccessDenied\n")


def test_json_has_all(capsys):
    run(GOOD, BAD, arguments=("--json",))
    found = json.loads(capsys.readouterr().out)
    assert (found["good"], found["report"]) == (False, FOLDER)
    assert [result["outcome"] for result in found["results"]] == ["passed", "failed"]
