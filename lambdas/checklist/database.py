"""The database: its instance of RDS where it has one, and what `database_check` saw of it last."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation, only_where
from lambdas.database_check.words import CHECKED
from lambdas.vocabulary.levels import Level

FOLDER: Final = "database_check"
LOOKED_BACK: Final = timedelta(hours=2)
"""Longer than two of the longest intervals between its runs."""
ENDED: Final = f'{{ ($.message = "{CHECKED}") || ($.level_of_alert = "{Level.CRITICAL}") }}'
"""The last line of a run, be it that it measured or that it did not reach the database; and grave findings."""
_NO_INSTANCE: Final = ("DBInstanceNotFound", "DBInstanceNotFoundFault")

READS_INSTANCE: Final = (
    Reads(
        ("rds:DescribeDBInstances",),
        arns.of_rds("db"),
        because="The instance may be one that was there before, under a name of its own; it reads only.",
    ),
)
READS_LOG: Final = (
    Reads(
        ("logs:FilterLogEvents",), arns.of_functions_log(FOLDER), because="All streams of the log of database_check."
    ),
)

on_rds = only_where(lambda situation: situation.settings.instance is not None, "the database is not an instance of RDS")


@dataclass(frozen=True)
class Looked:
    """What the newest run of `database_check` logged."""

    at: datetime
    line: Mapping[str, Any]

    @property
    def reached(self) -> bool:
        return self.line.get("message") == CHECKED

    def measured(self, check: str) -> Any:
        """The values of one of its checks; None where it has none."""
        return self.line.get("measurements", {}).get(check)

    def absent(self, check: str) -> str:
        """Why it has none."""
        return str(self.line.get("absent", {}).get(check, "it was not measured"))


def instance_of(situation: Situation) -> Mapping[str, Any] | None:
    """As RDS describes it; None where it is gone.  Raises UnreadableError, as `newest_look` does."""
    found = situation.account.get(
        "rds",
        "describe_db_instances",
        absent=_NO_INSTANCE,
        DBInstanceIdentifier=situation.settings.instance,
    )
    instances = (found or {}).get("DBInstances") or (None,)
    instance: Mapping[str, Any] | None = instances[0]
    return instance


def newest_look(situation: Situation) -> Looked | None:
    """None where it has not run in `LOOKED_BACK`."""
    events = situation.account.pages(
        "logs",
        "filter_log_events",
        "events",
        absent=("ResourceNotFoundException",),
        logGroupName=situation.log_of(FOLDER),
        startTime=int((situation.at - LOOKED_BACK).timestamp() * 1000),
        filterPattern=ENDED,
    )
    ended = [look for look in map(_looked, events) if "judgement" not in look.line]
    return max(ended, key=lambda look: look.at, default=None)


def _looked(event: Mapping[str, Any]) -> Looked:
    return Looked(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), json.loads(event["message"]))
