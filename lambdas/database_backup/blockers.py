"""Who is in the way of the backup."""

from dataclasses import dataclass

from lambdas.database_backup.errors import BackupInterruptedError
from lambdas.shared.connection import Connection

# This run's sessions are known by their name.  Who waits for another run's turn waits for no table.
_BLOCKING = """
SELECT waiting.locktype, waiting.relation, blocker.pid
FROM pg_catalog.pg_locks AS waiting
JOIN pg_catalog.pg_stat_activity AS ours USING (pid)
CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(waiting.pid)) AS blocker (pid)
WHERE NOT waiting.granted AND waiting.locktype <> 'advisory'
AND ours.usename = session_user AND ours.application_name = pg_catalog.current_setting('application_name')
AND pg_catalog.clock_timestamp() - waiting.waitstart > %s * interval '1 second'
ORDER BY waiting.waitstart, blocker.pid LIMIT 1
"""
_HOLDING = """
SELECT held.locktype, held.relation, held.pid
FROM pg_catalog.pg_locks AS held JOIN pg_catalog.pg_class AS c ON c.oid = held.relation
WHERE held.mode = 'AccessExclusiveLock' AND c.relpersistence <> 't' AND c.relkind <> 't'
AND held.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
ORDER BY held.granted DESC, c.relkind IN ('r', 'p') DESC, held.relation LIMIT 1
"""
_NAMED = """
WITH found (locktype, relation, pid) AS ({})
SELECT CASE WHEN c.oid IS NULL THEN 'a ' || locktype ELSE CASE c.relkind
           WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
           WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE 'table' END || ' ' || c.oid::pg_catalog.regclass END,
       CASE WHEN pid > 0
           THEN 'process ' || pid || ' (' || COALESCE(NULLIF(a.application_name, ''), a.usename, 'unnamed') || ')'
           ELSE 'a prepared transaction' END
FROM found LEFT JOIN pg_catalog.pg_class AS c ON c.oid = relation
LEFT JOIN pg_catalog.pg_stat_activity AS a USING (pid)
"""


@dataclass(frozen=True)
class Blocker:
    """What is held, and who holds it."""

    what: str
    who: str

    def error(self, seconds: float) -> BackupInterruptedError:
        """The end of a run that has waited so long."""
        return BackupInterruptedError(
            f"{self.what} is held exclusively by {self.who} for over {seconds:g} s"
            " (run the backup again when that is done)"
        )


def blocker_of_ours(session: Connection, seconds: float) -> Blocker | None:
    """Who has kept a session of this run waiting for longer than `seconds`, seen from another session of it."""
    return _named(session, _BLOCKING, seconds)


def holder(session: Connection) -> Blocker | None:
    """Who holds something exclusively, a table before all else; to be asked by who has just given up waiting."""
    return _named(session, _HOLDING)


def _named(session: Connection, query: str, *values: float) -> Blocker | None:
    with session.cursor() as cursor:
        cursor.execute(_NAMED.format(query), values)
        found = cursor.fetchone()
    return Blocker(*found) if found else None
