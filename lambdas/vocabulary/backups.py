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
DATABASE_SIZE = "database size"
"""What an acceptance names when a database that is too large for that disk may be proven in part."""


class Result(StrEnum):
    """What one check of a restored backup found."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVABLE = "not provable"
    IN_PART = "in part"
    """Passed as far as it goes: there was no room for the rows of some tables."""
    ACCEPTED = "accepted"
    """Not provable, and the settings accept that for a time; whatever else the check is about is as it must be."""
    NONE_NAMED = "none named"
    """The settings name nothing that it could check: neither for nor against the backup."""


MARKS = {
    Result.PASSED: "✓",
    Result.FAILED: "✗",
    Result.NOT_PROVABLE: "?",
    Result.IN_PART: "~",
    Result.ACCEPTED: "!",
    Result.NONE_NAMED: "-",
}
"""For people, before a check's name."""

UNPROVEN = (Result.FAILED, Result.NOT_PROVABLE, Result.IN_PART)


class Verdict(StrEnum):
    """What all checks of a restored backup say together."""

    PROVEN = "proven"
    PROVEN_BUT_FOR = "proven but for"
    """Proven but for what the settings accept until a date; after that date it is worth no more than not provable."""
    PROVEN_IN_PART = "proven in part"
    """All is well with the tables whose rows there was room for.  It counts as a proof only where the settings accept
    the database's size until a date."""
    FAILED = "failed"
    NOT_PROVABLE = "not provable"

    @classmethod
    def of(cls, results: "list[Result]") -> "Verdict":
        """The worst result decides; a verification without a check that passed proves nothing."""
        if Result.FAILED in results:
            return cls.FAILED
        if Result.NOT_PROVABLE in results or Result.PASSED not in results:
            return cls.NOT_PROVABLE
        if Result.IN_PART in results:
            return cls.PROVEN_IN_PART
        return cls.PROVEN_BUT_FOR if Result.ACCEPTED in results else cls.PROVEN


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

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


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
    table_bytes: dict[str, int] | None = None
    """What each table (schema.name) and its indexes took on the source's disk; None where the database is small enough
    to be proven as a whole."""
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
class Part:
    """How much of a database was restored that the disk of the restore check has no room for."""

    share: float
    """Of its tables' bytes, this time: from 0 to 1."""
    restored_at: dict[str, str | None]
    """When the rows of each table (schema.name) were last restored and found as they must be, ISO 8601; null: never."""

    @property
    def text(self) -> str:
        """In one line: the share, and the tables that wait longest."""
        never = [table for table, moment in self.restored_at.items() if moment is None]
        known = [(moment, table) for table, moment in self.restored_at.items() if moment is not None]
        oldest = [f"{table} last on {moment[:10]}" for moment, table in sorted(known)[:1]]
        more = f" and {len(never) - 1} more" if never[1:] else ""
        return "; ".join([f"{self.share:.0%} of its bytes", *oldest, *[f"never {it}{more}" for it in never[:1]]])


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
    part: Part | None = None
    """Of a database that was too large to be restored whole."""
    schema_version: int = SCHEMA_VERSION

    def is_proof_at(self, moment: datetime) -> bool:
        """Whether the backup counts as proven: without exception, or with such as are all still accepted."""
        return _is_proof(self.verdict, self.accepted, moment)

    def text_at(self, moment: datetime) -> str:
        """The verdict in one line, with what it does not cover, and whether what was accepted of that is over."""
        over = not all(acceptance.holds_at(moment) for acceptance in self.accepted)
        return _text(self.verdict, self.accepted, self.part) + (", which is over" if over else "")

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
    part: Part | None = None

    @classmethod
    def of(cls, verification: Verification) -> Self:
        return cls(**{field.name: getattr(verification, field.name) for field in fields(cls)})

    def is_proof_at(self, moment: datetime) -> bool:
        """As of a `Verification`."""
        return _is_proof(self.verdict, self.accepted, moment)

    @property
    def text(self) -> str:
        """The verdict in one line, as `Verification.text_at` has it while every exception holds."""
        return _text(self.verdict, self.accepted, self.part)


def _is_proof(verdict: Verdict, accepted: tuple[Acceptance, ...], moment: datetime) -> bool:
    """A proof in part is one only where the size is accepted, too."""
    if verdict is Verdict.PROVEN_IN_PART and all(acceptance.what != DATABASE_SIZE for acceptance in accepted):
        return False
    if verdict in (Verdict.PROVEN_BUT_FOR, Verdict.PROVEN_IN_PART):
        return bool(accepted) and all(acceptance.holds_at(moment) for acceptance in accepted)
    return verdict is Verdict.PROVEN


def _text(verdict: Verdict, accepted: Iterable[Acceptance], part: Part | None) -> str:
    """A `proven but for` with what it does not cover; of one in part, how much it covers and whether that will do."""
    exceptions = "; ".join(map(str, accepted))
    if verdict is Verdict.PROVEN_IN_PART:
        return f"{verdict}, {part.text if part else 'no part'}" + (f"; accepted: {exceptions}" if exceptions else "")
    return f"{verdict} {exceptions}".rstrip()


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
