"""Access keys of the account's users: how old they are, and whether they are used.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Table
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted
from lambdas.vocabulary.reviews import KEY_DAYS, State

ROOT: Final = "<root_account>"
_TRIES, _PAUSE = 20, 1.5
"""IAM makes the report in some seconds, and at most every four hours."""
_MOST: Final = 50
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class _Key:
    user: str
    number: int
    days: int
    unused_days: int | None
    """None where it was never used."""

    @property
    def is_root(self) -> bool:
        return self.user == ROOT

    @property
    def faults(self) -> tuple[str, ...]:
        found = {
            "of the root user": self.is_root,
            f"older than {KEY_DAYS} days": self.days > KEY_DAYS,
            "never used": self.unused_days is None,
            f"not used for {KEY_DAYS} days": (self.unused_days or 0) > KEY_DAYS,
        }
        return tuple(fault for fault, is_so in found.items() if is_so)


def _look(situation: Situation) -> Found:
    keys = sorted(_keys(_report(situation.client("iam")), situation.at), key=lambda key: -key.days)
    bad = [key for key in keys if key.faults]
    source = "IAM: credential report"
    return Found(
        State.ATTENTION if bad else State.GOOD,
        f"{counted(len(keys), 'active key')}, {len(bad)} to be replaced or deleted" if keys else "no access key",
        (
            Figure("keys", "Active access keys", len(keys), str(len(keys)), source),
            Figure("bad_keys", "To be replaced or deleted", len(bad), str(len(bad)), source),
        ),
        (Table(("User", "Key", "Age", "Last used", "Fault"), tuple(map(_row, keys[:_MOST]))),) if keys else (),
    )


def _report(iam: Any) -> str:
    for _ in range(_TRIES):
        if iam.generate_credential_report()["State"] == "COMPLETE":
            content: bytes = iam.get_credential_report()["Content"]
            return content.decode()
        time.sleep(_PAUSE)
    raise UnknownError(f"IAM did not make the credential report within {_TRIES * _PAUSE:.0f} s")


def _keys(report: str, at: datetime) -> Iterator[_Key]:
    for row in csv.DictReader(io.StringIO(report)):
        for number in (1, 2):
            if row.get(f"access_key_{number}_active") == "true":
                made = _days_since(row[f"access_key_{number}_last_rotated"], at)
                used = _days_since(row[f"access_key_{number}_last_used_date"], at)
                yield _Key(row["user"], number, made or 0, used)


def _days_since(written: str, at: datetime) -> int | None:
    """None for `N/A` and `no_information`."""
    try:
        return (at - datetime.fromisoformat(written)) // _DAY
    except ValueError:
        return None


def _row(key: _Key) -> tuple[str, ...]:
    used = "never" if key.unused_days is None else f"{counted(key.unused_days, 'day')} ago"
    return one_line(key.user), str(key.number), counted(key.days, "day"), used, ", ".join(key.faults) or "-"


ACCESS_KEYS = Section("access_keys", "Access keys", _look)
