"""What must be true of every check, whatever it is about."""

from dataclasses import replace

import pytest

from lambdas.checklist.check import PLACEHOLDERS, Check
from lambdas.checklist.checks import CHECKS
from lambdas.vocabulary.checklist import Line, Verdict
from tests.unit.lambdas.checklist.accounts import DENIED, THROTTLED, Account, ask

LOOKING = [check for check in CHECKS if check.look]
each_check = pytest.mark.parametrize("check", LOOKING, ids=lambda check: check.name)


def test_names_are_unique() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("line", Line, ids=lambda line: line.name.lower())
def test_every_line_is_answered(line: Line) -> None:
    assert [check.name for check in CHECKS if check.line is line]


@each_check
@pytest.mark.parametrize("error", [DENIED, THROTTLED], ids=["denied", "throttled"])
def test_what_cannot_be_read_is_neither_pass_nor_fail(check: Check, error: Exception) -> None:
    answer = ask(check, Account(rest=error))
    assert answer.verdict in (Verdict.UNKNOWN, Verdict.NOT_APPLICABLE), answer.text
    if answer.verdict is Verdict.UNKNOWN:
        assert answer.remedy


@each_check
def test_an_empty_account_passes_nothing(check: Check) -> None:
    answer = ask(check, Account())
    assert answer.verdict is not Verdict.PASS, answer.text
    assert "the check itself failed" not in answer.text


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_rights_are_narrow_or_say_why(check: Check) -> None:
    for reads in check.reads:
        arn = reads.resource.format_map(dict.fromkeys(PLACEHOLDERS, "x"))
        assert arn == "*" or arn.startswith(("arn:", "x"))
        assert ("*" not in arn) or reads.because, f"{reads.actions} on {reads.resource}"
        assert not any("*" in action for action in reads.actions)


def test_call_without_a_right_is_noticed() -> None:
    """By `ask`, so that every test of a check holds its rights to what it asks."""
    (check,) = (check for check in CHECKS if check.name == "guardduty")
    with pytest.raises(AssertionError, match="guardduty has no right to guardduty:ListDetectors"):
        ask(replace(check, reads=()), Account())
