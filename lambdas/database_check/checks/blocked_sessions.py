"""Sessions that wait for a lock, and who holds it."""

from lambdas.database_check.check import Check, Grant, Row, Rule, Threshold
from lambdas.database_check.words import session_of
from lambdas.shared.quantities import seconds_taken
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Unit


def _blockers_of(session: Row) -> str:
    named = session["blocked_by"]
    others = (session["blockers"] or 0) - len(named)
    return ", ".join([*named, *([f"{others} more"] if others > 0 else [])]) or "a session that has just ended"


def _message(session: Row, threshold: str) -> str:
    wanted = f"table {session['relation']}" if session["relation"] else f"a lock of kind {session['kind']}"
    return (
        f"{session_of(session)} has waited for {wanted} for {seconds_taken(session['seconds'])}"
        f" (threshold {threshold}), blocked by {_blockers_of(session)}"
    )


BLOCKED_SESSIONS = Check(
    name="blocked_sessions",
    meaning="The sessions that wait for a lock, how long, for which table, and who holds it.",
    grant=Grant.READ_ALL_STATS,
    many=True,
    # waitstart is empty for an instant after a wait began.  Whoever waits in the same queue is no cause, so those that
    # wait for nothing come first.  A prepared transaction has no session: it counts as pid 0, its locks have none, and
    # which they are shows the lock on its own number.  Who blocks is asked for a few, because each answer stops the
    # server's table of locks for a moment.  The statement of an autovacuum is the server's own, and says whether it is
    # one that gives way to nobody.
    sql="""
        WITH locks AS MATERIALIZED (
            SELECT * FROM pg_locks
        ), prepared AS (
            SELECT gid, owner, virtualtransaction
            FROM pg_prepared_xacts JOIN locks ON transactionid = transaction AND pid IS NULL AND granted
        ), waiting AS (
            SELECT DISTINCT ON (a.pid) a.pid, a.usename AS login, a.application_name AS application, l.locktype AS kind,
                   CASE WHEN a.datname = current_database() THEN l.relation::regclass::text END AS relation,
                   extract(epoch FROM clock_timestamp() - COALESCE(l.waitstart, a.query_start))::float8 AS seconds,
                   (l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid,
                    l.objid, l.objsubid) AS wanted
            FROM locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND NOT starts_with(a.application_name, {own_sessions})
        ), ranked AS (
            SELECT *, row_number() OVER (ORDER BY seconds DESC NULLS LAST) AS rank FROM waiting
        )
        SELECT pid, login, application, kind, relation, seconds, COALESCE(blocked_by, ARRAY[]::text[]) AS blocked_by,
               blockers
        FROM ranked LEFT JOIN LATERAL (
            SELECT (array_agg(name ORDER BY waits, name))[1:3] AS blocked_by, count(*)::int AS blockers
            FROM unnest(CASE WHEN rank <= 20 THEN pg_blocking_pids(ranked.pid) END) AS blocker JOIN LATERAL (
                SELECT concat_ws(' ', pid, usename, NULLIF(application_name, ''), CASE
                           WHEN backend_type = 'client backend' THEN '(' || state || ')'
                           WHEN backend_type = 'autovacuum worker' AND query <> '' THEN left(query, 200)
                           ELSE '(' || backend_type || ')'
                       END) AS name, wait_event_type IS NOT DISTINCT FROM 'Lock' AS waits
                FROM pg_stat_activity WHERE pid = blocker
                UNION
                SELECT format('prepared transaction %s of %s', gid, owner), false
                FROM locks l JOIN prepared USING (virtualtransaction)
                WHERE blocker = 0 AND l.pid IS NULL AND l.granted AND ranked.wanted IS NOT DISTINCT FROM
                    (l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid,
                     l.objid, l.objsubid)
            ) AS named ON true
        ) AS found ON true
        ORDER BY rank LIMIT 1000
    """,
    rule=Rule(
        name="blocked_session",
        trouble="Sessions wait for a lock that is not given.",
        what_to_do="End the session that *holds* the lock (`blocked_by` in the answer), not the ones that wait. Often a"
        " migration. A prepared transaction: as *prepared-transaction*. An autovacuum *to prevent wraparound* starts"
        " again when it is ended: end the session that waits, and let it finish (a higher"
        " `autovacuum_vacuum_cost_limit` speeds up the next one).",
        message=_message,
        thresholds=(
            Threshold(
                "lock_wait",
                default=10,
                unit=Unit.SECONDS,
                level=Level.MEDIUM,
                why="sessions that have waited longer than this many seconds; shorter waits belong to every busy"
                " server",
                allowed=(1, 3600),
                description="A session that has waited so long for a lock is blocked.",
            ),
        ),
        metric=Metric.BLOCKED_SESSIONS,
        aggregate=len,
    ),
)
