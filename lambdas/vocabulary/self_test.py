"""What the self-test of a deployed environment found, as its report keeps it.

Stored as `report.json` of `Kind.SELF_TEST` (see `reports`); `SelfTest.from_json` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from lambdas.vocabulary.codec import JsonDocument

SELF_TEST_EVENT: Final = {"self_test": True}
"""The whole event by which a function is asked to prove that it can work here; no service of AWS sends it."""


class ProbeName(StrEnum):
    """What is proven, by its name in reports and notices."""

    POSTGRESQL = "postgresql-starts"
    """A PostgreSQL server starts inside Lambda, as every restore needs it."""
    DATABASE = "database-login"
    """The login of the backups reaches the database over verified TLS, pg_dump runs, a row comes back."""
    METRICS = "metrics-arrive"
    """What the functions publish is there to be alarmed on."""
    MASKING = "log-line-masked"
    """CloudWatch Logs masks a secret in a log group of this system."""
    SUBSCRIPTIONS = "subscriptions-confirmed"
    """Whoever the settings name for alerts is subscribed."""
    STATUS_PAGE = "status-page-answers"
    INCIDENT_FRONT = "incident-front-answers"
    ERROR_INTAKE = "error-intake-chunked"
    """The error intake takes a body without a length, as some of Sentry's SDKs send it."""


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_ASKED = "could not be asked"
    """Denied, throttled or out of time: neither passed nor failed."""
    NOT_APPLICABLE = "not applicable"
    """The environment does not have what the probe is about."""


GOOD = (Outcome.PASSED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class ProbeResult:
    probe: ProbeName
    question: str
    outcome: Outcome
    seen: str
    """What was seen, with its numbers; of a probe that is not applicable, the reason."""
    meaning: str = ""
    """What follows for the environment; empty where the outcome is good."""
    remedy: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return self.outcome in GOOD


@dataclass(frozen=True)
class SelfTest(JsonDocument):
    at: datetime
    requested_by: str
    results: tuple[ProbeResult, ...]
    raised: tuple[ProbeName, ...] = ()
    """Those whose failure was published and whose recovery was not, this run included."""

    @property
    def is_good(self) -> bool:
        """Whether all passed that apply, and there is one that did."""
        passed = any(result.outcome is Outcome.PASSED for result in self.results)
        return passed and all(result.is_good for result in self.results)

    def result_of(self, probe: ProbeName) -> ProbeResult | None:
        return next((result for result in self.results if result.probe is probe), None)


@dataclass(frozen=True)
class StartedServer:
    version: str
    seconds: float
    """Until it had answered with the row that was written to it."""


@dataclass(frozen=True)
class ServersStarted(JsonDocument):
    """What `restore_verification` answers: each of its PostgreSQL servers, started where restores run."""

    servers: tuple[StartedServer, ...] = ()
    machine: Mapping[str, str] = field(default_factory=dict)
    """What the platform offers, by its name: `/dev/shm`, `memfd`, …"""
    failure: str = ""
    """Why the next server did not come so far."""


@dataclass(frozen=True)
class SourceReached(JsonDocument):
    """What `database_backup` answers: what it met on the way that backups take."""

    login: str = ""
    logged_in_by: str = ""
    """`IAM token` or `secret`."""
    server_version: str = ""
    tls_mode: str = ""
    """libpq's sslmode: only `verify-full` checks whose server it is."""
    tls: str = ""
    """Version and cipher of the session, as both ends name them; empty without TLS."""
    dumped_bytes: int = 0
    """What `pg_dump --schema-only` wrote; it is thrown away."""
    row_of: str = ""
    """The table that a row was read from; empty where there is none with a row."""
    seconds: float = 0.0
    failure: str = ""
    """One line; empty when all went well."""
    passes: bool = False
    """Of a failure: whether another attempt may well succeed."""
