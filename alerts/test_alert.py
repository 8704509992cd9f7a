"""Tests whether alerts arrive: `python -m alerts.test_alert prod critical`."""

import argparse
import getpass
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Outcome
from recovery.account import Account
from recovery.errors import RecoveryError
from stacks.settings import SettingsError, load


def test_alert(account: Account, level: Level) -> bool:
    """Send a test alert the whole way and say how each channel answered; false when one did not."""
    print(f"sending a test alert of level {level}, and waiting for the channels")
    report = account.invoke("test_alert", level=level, requested_by=getpass.getuser())
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m alerts.test_alert", description=__doc__)
    parser.add_argument("environment", help="the name of a file in environments/, such as prod")
    parser.add_argument("level", type=Level, choices=tuple(Level), metavar=f"{{{','.join(Level)}}}")
    options = parser.parse_args()
    try:
        return 0 if test_alert(Account.of(load(options.environment)), options.level) else 1
    except (RecoveryError, SettingsError) as error:
        reason = str(error)
    except (ClientError, BotoCoreError) as error:
        reason = f"AWS refused: {error}"
    print(f"{options.environment}: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
