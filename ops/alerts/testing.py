"""A test alert, sent the whole way: which channels took it and after how long."""

from typing import Any

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Outcome
from ops.account import Account, operator


def send_test_alert(account: Account, level: Level) -> dict[str, Any]:
    """The report of the function `test_alert`."""
    report: dict[str, Any] = account.invoke("test_alert", level=level, requested_by=operator())
    return report


def lines_of(report: dict[str, Any]) -> list[str]:
    """The report of the function, for the operator."""
    answered = [_answered(answer) for answer in report["answers"]]
    handed = [f"{each}: handed to SNS, which does not say whether it arrived" for each in report["handed_over"]]
    return [*answered, *handed, *(f"FAILED {each}" for each in report["lost"])]


def _answered(answer: dict[str, Any]) -> str:
    if answer["outcome"] == Outcome.DELIVERED:
        return f"{answer['channel']}: answered after {answer['seconds']:.1f} s"
    return f"FAILED {answer['channel']}: {answer['outcome']} (its reason is in the log of notify)"
