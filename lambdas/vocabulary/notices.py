"""What people are told, whatever it is about and whichever channel carries it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from lambdas.vocabulary.levels import Level


class Change(StrEnum):
    """What happened to the thing that a notice is about."""

    RAISED = "raised"
    """Something is wrong from now on."""
    RECOVERED = "recovered"
    """It is right again."""
    HAPPENED = "happened"
    """It happened and has no end: a finding, a test."""


@dataclass(frozen=True)
class Notice:
    """One thing that people are told."""

    key: str
    """What it is about; the same when it is raised and when it recovers, such as an alarm's ARN."""
    level: Level
    change: Change
    title: str
    """What, in one line."""
    at: datetime
    """When it changed (UTC)."""
    measured: str = ""
    """How bad: value and threshold in words and units."""
    meaning: str = ""
    first_look: str = ""
    runbook: str = ""
    """A link."""
    console: str = ""
    """A link."""
    owner: str = ""
    since: datetime | None = None
    """When it began, of what recovered or repeats."""
    count: int = 1
    """How often it was seen."""

    def to_json(self) -> str:
        since = self.since.isoformat() if self.since else None
        return json.dumps({**asdict(self), "at": self.at.isoformat(), "since": since})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; raises ValueError, TypeError or KeyError for anything else."""
        written: dict[str, Any] = json.loads(text)
        read = {
            "level": Level(written["level"]),
            "change": Change(written["change"]),
            "at": datetime.fromisoformat(written["at"]),
            "since": datetime.fromisoformat(written["since"]) if written["since"] else None,
        }
        return cls(**{**written, **read})
