"""What people are told, whatever it is about and whichever channel carries it."""

import hashlib
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from lambdas.vocabulary.codec import JsonDocument
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
class Notice(JsonDocument):
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

    def well_formed(self) -> Self:
        """Without lone surrogates: JSON can hold half a letter, which neither UTF-8 nor any channel can."""
        texts: dict[str, Any] = {name: well_formed(getattr(self, name)) for name in TEXTS}
        return replace(self, **texts)


TEXTS = tuple(field.name for field in fields(Notice) if field.type in (str, "str"))


def well_formed(text: str) -> str:
    """The same, with a question mark for what is no letter."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


RECORD = "record"
"""The partition key of the table in which notices wait and deliveries are recorded."""
IDENTIFIER = "id"
"""Its sort key."""
EXPIRES_AT = "expires_at"
"""Its TTL attribute."""


def identifier_of(notice: Notice) -> str:
    """The same for every copy of a notice; identifiers sort by the notices' time."""
    digest = hashlib.sha256(f"{notice.key} {notice.change}".encode()).hexdigest()[:16]
    return f"{notice.at.astimezone(UTC).isoformat(timespec='milliseconds')}#{digest}"


def delivery_record(dispatch: str) -> str:
    """The partition of the table that says when which channel took the dispatch."""
    return f"delivery#{dispatch}"


NOTICES_TABLE = "notices"
"""What that table is called, and the queue by which notices reach `notify`."""
NOTICES = "notice"
"""The partition of the notices; one that is on its way has its dispatch in DISPATCH."""
DISPATCH = "dispatch"


TEST_ALERT = "test-alert/"
"""How the key of a test alert begins."""
INCIDENTS = "incidents"
"""The channel of incidents: what it takes pages people, one after another, until somebody answers."""
SNS = "sns"
"""The channel of e-mails and text messages: `notify` writes them, SNS delivers them."""
PEOPLE = "people"
"""What the topic is called that SNS delivers them from."""
LEVEL = "level"
"""The attribute of its messages by which each subscription is sent its levels only."""


class Outcome(StrEnum):
    """How a delivery to a channel ended."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The channel would refuse it again: a wrong secret, a channel that is no more."""
    GIVEN_UP = "given up"
    """It was not taken in time."""
