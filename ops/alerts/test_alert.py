"""`test-alert`: send one the whole way, and see which channels took it and after how long."""

import argparse
from typing import Any

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Outcome
from ops.account import Account, operator
from ops.alerts.errors import AlertsError
from ops.backup.errors import RecoveryError
from stacks.settings import Environment


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--level", choices=[*map(str, Level)], default="critical", help="default: critical")


def run(cloudwatch: Any, environment: Environment, options: argparse.Namespace) -> bool:  # noqa: ARG001  (all commands are alike)
    return test_alert(Account.of(environment), Level(options.level))


def test_alert(account: Account, level: Level) -> bool:
    """Send a test alert the whole way and say how each channel answered; false when one did not."""
    print(f"sending a test alert of level {level}, and waiting for the channels")
    try:
        report = account.invoke("test_alert", level=level, requested_by=operator())
    except RecoveryError as error:
        raise AlertsError(str(error)) from None
    for line in lines_of(report):
        print(f"  {line}")
    return bool(report["good"])


def lines_of(report: dict[str, Any]) -> list[str]:
    """The report of the function, for the operator."""
    answered = [_answered(answer) for answer in report["answers"]]
    handed = [f"{each}: handed to SNS, which does not say whether it arrived" for each in report["handed_over"]]
    return [*answered, *handed, *(f"FAILED {each}" for each in report["lost"])]


def _answered(answer: dict[str, Any]) -> str:
    if answer["outcome"] == Outcome.DELIVERED:
        return f"{answer['channel']}: answered after {answer['seconds']:.1f} s"
    return f"FAILED {answer['channel']}: {answer['outcome']} (its reason is in the log of notify)"
