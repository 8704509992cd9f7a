"""Access keys of the account's users: how old they are, and whether they are used."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Table
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted
from lambdas.vocabulary.reviews import KEY_DAYS, State

ROOT: Final = "the root user"
MOST_USERS: Final = 500
"""Each costs a request, and so does each key."""
_MOST: Final = 50
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class _Key:
    user: str
    days: int
    unused_days: int | None
    """None where it was never used."""

    @property
    def faults(self) -> tuple[str, ...]:
        found = {
            f"older than {KEY_DAYS} days": self.days > KEY_DAYS,
            "never used": self.unused_days is None,
            f"not used for {KEY_DAYS} days": (self.unused_days or 0) > KEY_DAYS,
        }
        return tuple(fault for fault, is_so in found.items() if is_so)


def _look(situation: Situation) -> Found:
    iam = situation.client("iam")
    keys = sorted(_keys(iam, situation.at), key=lambda key: -key.days)
    bad = [key for key in keys if key.faults]
    of_root = iam.get_account_summary()["SummaryMap"].get("AccountAccessKeysPresent", 0)
    source = "IAM: ListAccessKeys, GetAccessKeyLastUsed, GetAccountSummary"
    said = f"{counted(len(keys), 'active key')}, {len(bad)} to be replaced or deleted" if keys else "no user has one"
    return Found(
        State.ATTENTION if bad or of_root else State.GOOD,
        f"{said}; {ROOT} has one, which must be deleted" if of_root else said,
        (
            Figure("keys", "Active access keys", len(keys), str(len(keys)), source),
            Figure("root_keys", f"Of {ROOT}", of_root, str(of_root), source),
            Figure("bad_keys", "To be replaced or deleted", len(bad), str(len(bad)), source),
        ),
        (Table(("User", "Age", "Last used", "Fault"), tuple(map(_row, keys[:_MOST]))),) if keys else (),
    )


def _keys(iam: Any, at: datetime) -> Iterator[_Key]:
    """Raises UnknownError where there are more users than are looked at."""
    users = (user for page in iam.get_paginator("list_users").paginate() for user in page["Users"])
    for number, user in enumerate(users):
        if number == MOST_USERS:
            raise UnknownError(f"the account has more than {MOST_USERS} users")
        name = user["UserName"]
        pages = iam.get_paginator("list_access_keys").paginate(UserName=name)
        for key in (key for page in pages for key in page["AccessKeyMetadata"] if key["Status"] == "Active"):
            used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"].get("LastUsedDate")
            yield _Key(name, (at - key["CreateDate"]) // _DAY, (at - used) // _DAY if used else None)


def _row(key: _Key) -> tuple[str, ...]:
    used = "never" if key.unused_days is None else f"{counted(key.unused_days, 'day')} ago"
    return one_line(key.user), counted(key.days, "day"), used, ", ".join(key.faults) or "-"


ACCESS_KEYS = Section("access_keys", "Access keys", _look)
