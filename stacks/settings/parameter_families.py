"""What a parameter group of RDS for PostgreSQL takes, family by family, of the parameters that are set here.

A value that is outside fails the creation of the group, and with it a first deployment.  Sources:

- types, ranges and words: `pg_settings` of PostgreSQL 14 to 18; the tests hold this table to those servers.  RDS lists
  the same in `aws rds describe-engine-default-parameters --db-parameter-group-family postgres18`, with booleans written
  as 0 and 1.
- `log_connections`: a boolean up to 17.  RDS for PostgreSQL 18 answers "Invalid parameter value: 1 for:
  log_connections allowed values are: receipt, authentication, authorization, setup_durations, all".
  PostgreSQL itself still takes `on`; `log_disconnections` stays a boolean.
- `max_connections`: 6 to 262143
  (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections).
- `rds.force_ssl`: 0 or 1, in every version
  (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html).
- `shared_preload_libraries`: a list of those that RDS supports, of which these stand in every family
  (https://docs.aws.amazon.com/AmazonRDS/PostgreSQLReleaseNotes/postgresql-extensions.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

FAMILIES = tuple(f"postgres{major}" for major in range(14, 19))


class Allowed(Protocol):
    @property
    def values(self) -> str:
        """As RDS lists them when it refuses another one."""

    def takes(self, value: str) -> bool: ...


@dataclass(frozen=True)
class Numbers:
    """Whole numbers from the least to the most."""

    least: int
    most: int

    @property
    def values(self) -> str:
        return f"{self.least}-{self.most}"

    def takes(self, value: str) -> bool:
        return value.removeprefix("-").isdecimal() and self.least <= int(value) <= self.most


@dataclass(frozen=True)
class Words:
    """One of `words`; a list of them, separated by commas, where it is `several`."""

    words: tuple[str, ...]
    several: bool = False

    @property
    def values(self) -> str:
        return ", ".join(self.words)

    def takes(self, value: str) -> bool:
        return set(value.split(",") if self.several else [value]) <= set(self.words)


BOOLEAN = Words(("0", "1"))
_MOST = 2**31 - 1
_LONGEST_PARAMETER = 2**30 - 1

_IN_EVERY_FAMILY: dict[str, Allowed] = {
    "log_disconnections": BOOLEAN,
    "log_lock_waits": BOOLEAN,
    "log_min_duration_statement": Numbers(-1, _MOST),
    "log_parameter_max_length": Numbers(-1, _LONGEST_PARAMETER),
    "log_parameter_max_length_on_error": Numbers(-1, _LONGEST_PARAMETER),
    "max_connections": Numbers(6, 262_143),
    "rds.force_ssl": BOOLEAN,
    "shared_preload_libraries": Words(
        ("auto_explain", "pg_cron", "pg_hint_plan", "pg_prewarm", "pg_stat_statements", "pgaudit"), several=True
    ),
    "track_io_timing": BOOLEAN,
}
_FROM_18_ON = Words(("receipt", "authentication", "authorization", "setup_durations", "all"), several=True)
ALLOWED: dict[str, Mapping[str, Allowed]] = {
    family: {**_IN_EVERY_FAMILY, "log_connections": _FROM_18_ON if family == "postgres18" else BOOLEAN}
    for family in FAMILIES
}


def every_connection(family: str) -> str:
    """The value of `log_connections` that logs each connection with all that the family can say of it."""
    return "1" if ALLOWED[family]["log_connections"] is BOOLEAN else "all"


def refuse_what_rds_refuses(family: str, parameters: Mapping[str, str]) -> None:
    """Raises ValueError for a parameter that is not in the table or whose value the family does not take."""
    allowed = ALLOWED[family]
    for name, value in parameters.items():
        if name not in allowed:
            raise ValueError(f"parameter {name} of {family}: add what RDS allows to the table first")
        if not allowed[name].takes(value):
            raise ValueError(f"parameter {name} = {value} of {family}: RDS allows {allowed[name].values}")
