"""What the error tracker's functions, its commands and its views say to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.names import Named, physical_name

Event = Mapping[str, Any]
"""An error in the form in which Sentry's SDKs send it, whatever it came from, and without secrets.

https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
"""

DEFAULT_PROJECT: Final = "api"
"""The project of errors that come from the API's log, unless the environment file names another."""
OWN_PROJECT: Final = "monitoring"
"""The project of this system's own errors."""


class Source(StrEnum):
    """Where an error came from."""

    SDK = "sdk"
    API_LOG = "api log"
    OWN_LOG = "own log"


class State(StrEnum):
    """Where an issue stands."""

    OPEN = "open"
    RESOLVED = "resolved"
    REGRESSED = "regressed"
    """It was resolved, and came back."""
    MUTED = "muted"


class Resolution(StrEnum):
    """From when on an event of a resolved issue is a regression."""

    NOW = "now"
    IN_RELEASE = "in release"
    IN_NEXT_RELEASE = "in next release"


@dataclass(frozen=True)
class Batch(JsonDocument):
    """What the intake hands to the digest: one message of the queue, already scrubbed.

    A batch that is too large for the queue lies in the bucket under the key of a Pointer.
    """

    project: str
    source: Source
    received_at: datetime
    events: tuple[Event, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    """How many errors were not taken, by the reason, such as `ratelimit_backoff` (said by a client) or `quota`."""
    sessions: tuple["SessionCount", ...] = ()


@dataclass(frozen=True)
class Pointer(JsonDocument):
    """A batch that lies in the bucket, as one gzip JSON document."""

    object: str


@dataclass(frozen=True)
class SessionCount(JsonDocument):
    """Sessions of one release, by how they ended."""

    release: str
    environment: str
    started: int = 0
    errored: int = 0
    crashed: int = 0


@dataclass(frozen=True)
class Sample(JsonDocument):
    """One event that was kept: `line` of a gzip NDJSON object in the bucket."""

    object: str
    line: int
    event_id: str
    at: datetime
    release: str = ""


@dataclass(frozen=True)
class Resolved(JsonDocument):
    kind: Resolution
    at: datetime
    release: str = ""
    """The release that has the fix; of IN_NEXT_RELEASE the last one that does not."""
    by: str = ""


@dataclass(frozen=True)
class Muted(JsonDocument):
    """Until `until`, or until `events` more came within `window_minutes` (0: at any time); for ever without both."""

    at: datetime
    until: datetime | None = None
    events: int = 0
    window_minutes: int = 0
    by: str = ""


@dataclass(frozen=True)
class Issue(JsonDocument):
    """All errors of one kind."""

    project: str
    id: str
    """Of hexadecimal digits; it never changes, and is unique within the environment."""
    title: str
    culprit: str
    """Where it happened: the function and file of the innermost frame of the application."""
    level: str
    source: Source
    state: State
    first_seen: datetime
    last_seen: datetime
    count: int
    users: int = 0
    """Of different users affected, counted up to a bound."""
    first_release: str = ""
    last_release: str = ""
    grouping_version: int = 1
    revision: int = 0
    """Changed with every change of the state: a change is written only over the revision that it was made from."""
    resolved: Resolved | None = None
    muted: Muted | None = None
    regressed_in: str = ""
    samples: tuple[Sample, ...] = ()
    """The newest last."""
    suspects: tuple["Commit", ...] = ()
    """Commits of the first release that changed a file of its stack."""


@dataclass(frozen=True)
class Commit(JsonDocument):
    id: str
    message: str = ""
    author: str = ""
    at: datetime | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deployment(JsonDocument):
    environment: str
    at: datetime
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Release(JsonDocument):
    """One version of a project's code."""

    project: str
    version: str
    created_at: datetime
    commits: tuple[Commit, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    released_at: datetime | None = None
    """When it was finalized."""


# The table.  Its partition and sort keys and its TTL attribute are RECORD, IDENTIFIER and EXPIRES_AT of `notices`.
BY_LAST_SEEN: Final = "by-last-seen"
"""The index of issues: partition LISTED_IN, sorted by LAST_SEEN."""
LISTED_IN: Final = "listed_in"
"""`<project>#<state>`."""
LAST_SEEN: Final = "last_seen"
"""ISO 8601 in UTC, with microseconds."""

# Prefixes in the bucket; each has a lifecycle of its own.
INCOMING: Final = "incoming/"
"""Batches on their way to the digest."""
SAMPLES: Final = "samples/"
"""`samples/<project>/<date>/<id>.ndjson.gz`."""
UPLOADS: Final = "uploads/"
"""Chunks that sentry-cli uploads, until they are assembled."""
MAPS: Final = "maps/"
"""`maps/<project>/<debug id>`: compiled source maps."""

RELAYED_BY: Final = "x-relayed-by"
"""The header of what the relay sends to Sentry: what comes back with it is not taken again."""

FRONT_URL: Final = "ErrorsFrontUrl"
"""The output of the stack that says where clients send to."""


def bucket_of_errors(environment: Named, account: str, region: str) -> str:
    """The tracker's bucket; account and region make it unique in the world."""
    return f"{physical_name(environment, 'errors')}-{account}-{region}"
