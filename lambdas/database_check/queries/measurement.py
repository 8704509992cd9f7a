"""What one measurement is: its query, and what a server and a login must have for it."""

from dataclasses import dataclass
from enum import StrEnum


class Grant(StrEnum):
    """PostgreSQL's own roles, each the least that lets a login see something."""

    READ_ALL_STATS = "pg_read_all_stats"
    READ_ALL_DATA = "pg_read_all_data"


@dataclass(frozen=True)
class Measurement:
    """A query over the server's own catalogues and statistics.

    `sql` runs with an empty search_path and in a transaction of its own; a word in braces is filled in by
    `measure.py`.  It yields one row, or `many`, of plain numbers, texts and JSON.  Where a login may see a part, the
    query yields how many things it may not in `unreadable`; else it is not run without its `grant`.
    """

    name: str
    meaning: str
    sql: str
    many: bool = False
    grant: Grant | None = None
    sees_a_part: bool = False
    """Without the grant the query still runs, and says in `unreadable` what it could not see."""
    minimum_version: int = 14
    extension: str | None = None
