"""How a backup lies in the bucket, and what its two JSON documents say.

    <database>/<yyyy>/<mm>/<dd>/<utc timestamp>-<short id>/
        dump.pgc.zst         custom-format archive, zstandard
        roles.sql.zst        roles without passwords
        manifest.json        written last: the commit
        verification.json    written by the restore

A folder without a manifest is not a backup.  `docs/schemas/` holds both documents' JSON schemas.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Self, TypeVar

from lambdas.vocabulary.codec import MalformedError, decode, encode

T = TypeVar("T")
SCHEMA_VERSION = 1
"""Of both documents.  A field that older code may pass over does not change it; one that it must heed does."""
DUMP = "dump.pgc.zst"
ROLES = "roles.sql.zst"
MANIFEST = "manifest.json"
VERIFICATION = "verification.json"

DATABASE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
PREFIX = re.compile(
    r"(?P<database>[a-z0-9][a-z0-9_-]{0,62})/\d{4}/\d{2}/\d{2}/(?P<timestamp>\d{8}T\d{6}Z)-[0-9a-f]{8}/"
)


class Retention(StrEnum):
    """The value of an object's `retention` tag, by which the bucket's lifecycle expires it."""

    UNCOMMITTED = "uncommitted"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    LATEST_PROVEN = "latest-proven"
    """No rule expires it: the last backup known to restore outlives its class until a newer one is proven."""


RETENTION_TAG = "retention"

PROVABLE_SHARE = 0.8
"""Of the disk of a restore check; the rest is for the write-ahead log and the files in between."""


class Result(StrEnum):
    """What one check of a restored backup found."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVABLE = "not provable"
    ACCEPTED = "accepted"
    """Not provable, and the settings accept that for a time; whatever else the check is about is as it must be."""
    NONE_NAMED = "none named"
    """The settings name nothing that it could check: neither for nor against the backup."""


MARKS = {
    Result.PASSED: "✓",
    Result.FAILED: "✗",
    Result.NOT_PROVABLE: "?",
    Result.ACCEPTED: "!",
    Result.NONE_NAMED: "-",
}
"""For people, before a check's name."""

UNPROVEN = (Result.FAILED, Result.NOT_PROVABLE)


class Verdict(StrEnum):
    """What all checks of a restored backup say together."""

    PROVEN = "proven"
    PROVEN_BUT_FOR = "proven but for"
    """Proven but for what the settings accept until a date; after that date it is worth no more than not provable."""
    FAILED = "failed"
    NOT_PROVABLE = "not provable"

    @classmethod
    def of(cls, results: "list[Result]") -> "Verdict":
        """The worst result decides; a verification without a check that passed proves nothing."""
        if Result.FAILED in results:
            return cls.FAILED
        if Result.NOT_PROVABLE in results or Result.PASSED not in results:
            return cls.NOT_PROVABLE
        return cls.PROVEN_BUT_FOR if Result.ACCEPTED in results else cls.PROVEN

    def text(self, accepted: "Iterable[Acceptance]") -> str:
        """In one line: a `proven but for` with what it does not cover."""
        return " ".join([self, "; ".join(map(str, accepted))]).rstrip()


def prefix_of(database: str, moment: datetime, key: str) -> str:
    """The folder of the backup of `database` at `moment` (UTC), told apart by a digest of `key`."""
    short_id = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{database}/{moment:%Y/%m/%d}/{moment:%Y%m%dT%H%M%SZ}-{short_id}/"


def moment_of(prefix: str) -> datetime:
    """The moment (UTC) that a folder is named by."""
    match = PREFIX.fullmatch(prefix)
    assert match is not None, prefix  # noqa: S101  (the catalogue gives nothing else)
    return datetime.strptime(match["timestamp"], "%Y%m%dT%H%M%S%z")


def is_prefix(text: str) -> bool:
    return PREFIX.fullmatch(text) is not None


def database_of(prefix: str) -> str:
    return prefix.partition("/")[0]


@dataclass(frozen=True)
class StoredObject:
    """An object of the backup as it was uploaded: its size in bytes and the SHA-256 of those bytes, in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """A table as the snapshot saw it; `checksum` is null unless the table is a critical one."""

    schema: str
    name: str
    rows: int
    checksum: str | None = None


@dataclass(frozen=True)
class Sequence:
    """A sequence and the value that it would give next, before and after pg_dump read it."""

    schema: str
    name: str
    before: int
    after: int


@dataclass(frozen=True)
class Extension:
    name: str
    version: str
    holding: tuple[str, ...] = ()
    """Its own tables and sequences (schema.name) that hold users' rows and states, which the dump carries."""


@dataclass(frozen=True)
class LeftOut:
    """Something of the source that the backup, or its restore, does not hold; `why` says what decided it."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what} ({self.why})"


@dataclass(frozen=True)
class Dependent:
    """Something in the dump that cannot be made without a schema that was left out.

    `ids` are its own and its owner's in the source's catalogue, as `<oid of the catalogue's table> <oid>`: the dump
    may hold it by itself, or as a part of its owner's definition.
    """

    what: str
    schema: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Acceptance:
    """What need not be proven, such as `extension postgis`, up to and including the day `until` (ISO 8601, UTC)."""

    what: str
    until: str
    reason: str

    def __post_init__(self) -> None:
        date.fromisoformat(self.until)  # without a date, it would hold for ever

    def holds_at(self, moment: datetime) -> bool:
        return moment.astimezone(UTC).date() <= date.fromisoformat(self.until)

    def __str__(self) -> str:
        return f"{self.what} (until {self.until}: {self.reason})"


@dataclass(frozen=True)
class Manifest:
    """What the source held at the snapshot, and what was stored of it; times are ISO 8601 in UTC."""

    backup: str
    database: str
    server_version: str
    client_version: str
    snapshot_at: str
    started_at: str
    finished_at: str
    raw_bytes: int
    database_bytes: int
    objects: dict[str, StoredObject]
    pg_dump_exit_status: int
    extensions: tuple[Extension, ...]
    tables: tuple[Table, ...]
    retention: Retention
    correlation_id: str
    slot: str | None = None
    tables_without_rows: tuple[str, ...] = ()
    """Tables dumped without their rows: the settings leave them out, or they are a standby's unlogged ones; they are in
    `tables` too, with no rows."""
    extension_tables: tuple[Table, ...] = ()
    """Tables of extensions that hold users' own rows, and how many of these the dump carries."""
    excluded_schemas: tuple[str, ...] = ()
    """Schemas left out whole by the settings' wish."""
    needing_excluded: tuple[Dependent, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    """What else of the database the dump does not hold: above all what its login may not read."""
    sequences: tuple[Sequence, ...] | None = None
    """None in the manifests of backups that did not note them yet."""
    provable_bytes: int | None = None
    """How large a database the disk of the restore check has room for; None as for `sequences`."""
    schema_version: int = SCHEMA_VERSION

    @property
    def major(self) -> int:
        """The major version of the pg_dump that wrote the archive; since it is chosen by the server, the server's."""
        return int(self.client_version.partition(".")[0])

    @property
    def stored_bytes(self) -> int:
        return sum(stored.bytes for stored in self.objects.values())

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def to_json(self) -> bytes:
        return _to_json(self)

    @classmethod
    def from_json(cls, document: bytes) -> Self:
        """Read a manifest; a document that is not one raises ValueError saying what is wrong with it."""
        return _from_json(cls, document)


@dataclass(frozen=True)
class Check:
    """One check of a restored backup; `detail` gives the numbers."""

    name: str
    result: Result
    detail: str


@dataclass(frozen=True)
class Seconds:
    """How long each part of the recovery took."""

    fetch: float
    restore: float
    verify: float

    @property
    def total(self) -> float:
        return self.fetch + self.restore + self.verify


@dataclass(frozen=True)
class Verification:
    """What a restore of a backup showed; it speaks of the manifest whose SHA-256 it names and of no other."""

    backup: str
    manifest_sha256: str
    verdict: Verdict
    checks: tuple[Check, ...]
    seconds: Seconds
    recovery_time_objective: float
    started_at: str
    finished_at: str
    requested_by: str
    reason: str
    server_version: str
    correlation_id: str
    accepted: tuple[Acceptance, ...] = ()
    """What could not be proven, and need not be for a time; empty unless the verdict is `proven but for`."""
    left_out: tuple[LeftOut, ...] = ()
    """What the backup does not hold, and what of it was not restored for this proof."""
    schema_version: int = SCHEMA_VERSION

    def is_proof_at(self, moment: datetime) -> bool:
        """Whether the backup counts as proven: without exception, or with such as are all still accepted."""
        if self.verdict is Verdict.PROVEN_BUT_FOR:
            return bool(self.accepted) and all(acceptance.holds_at(moment) for acceptance in self.accepted)
        return self.verdict is Verdict.PROVEN

    def text_at(self, moment: datetime) -> str:
        """The verdict in one line: a `proven but for` with what it does not cover, and whether it is over."""
        text = self.verdict.text(self.accepted)
        over = self.verdict is Verdict.PROVEN_BUT_FOR and not self.is_proof_at(moment)
        return f"{text}, which is over" if over else text

    def to_json(self) -> bytes:
        return _to_json(self)

    @classmethod
    def from_json(cls, document: bytes) -> Self:
        """Read a verification; a document that is not one raises ValueError saying what is wrong with it."""
        return _from_json(cls, document)


@dataclass(frozen=True)
class Answer:
    """What the function that verifies a backup returns; `decode` reads it."""

    backup: str
    verdict: Verdict
    checks: tuple[Check, ...]
    seconds: Seconds
    accepted: tuple[Acceptance, ...]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, verification: Verification) -> Self:
        return cls(**{field.name: getattr(verification, field.name) for field in fields(cls)})

    @property
    def text(self) -> str:
        """The verdict in one line, as `Verification.text_at` has it while every exception holds."""
        return self.verdict.text(self.accepted)


def _to_json(document: Manifest | Verification) -> bytes:
    return json.dumps(encode(document), indent=1, ensure_ascii=False).encode()


def _from_json(kind: type[T], document: bytes) -> T:
    what = kind.__name__.lower()
    try:
        written = json.loads(document)
    except ValueError as error:
        raise ValueError(f"the {what} is not JSON: {error}") from error
    if not isinstance(written, dict) or written.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"the {what} has not schema version {SCHEMA_VERSION}, the one this code reads")
    try:
        return decode(kind, written, ignore_unknown=True)
    except MalformedError as error:
        raise ValueError(f"the {what} is not one: {error}") from error
