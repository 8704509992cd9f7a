"""Sessions that are too many, too long or in each other's way."""

from collections.abc import Iterator
from typing import Any

from lambdas.database_check.rules.judgement import Judgement, Rule, Values, duration, limit_of, over, session_of
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric


def connections(values: Values, settings: Settings) -> Iterator[Judgement]:
    connections = values.get("connections")
    if connections and connections["used_percent"] > settings.connections_percent:
        yield Judgement(
            "connections",
            Level.HIGH,
            f"{connections['used']} of {connections['available']} connections are used,"
            f" {connections['used_percent']:.0f} % (threshold {settings.connections_percent:g} %)",
            Metric.CONNECTIONS_USED,
        )


def idle_in_transaction(values: Values, settings: Settings) -> Iterator[Judgement]:
    for session in over(values.get("idle_in_transaction", []), settings.idle_in_transaction):
        yield Judgement(
            "idle_in_transaction",
            Level.MEDIUM,
            f"{session_of(session)} has held a transaction open without doing anything for"
            f" {duration(session['seconds'])} (threshold {limit_of(settings.idle_in_transaction)})",
            Metric.IDLE_IN_TRANSACTION,
        )


def prepared_transactions(values: Values, settings: Settings) -> Iterator[Judgement]:
    for one in over(values.get("prepared_transactions", []), settings.prepared_transaction):
        yield Judgement(
            "prepared_transaction",
            Level.MEDIUM,
            f"prepared transaction {one['transaction']} of {one['login']} in database {one['database']} has been left"
            f" open for {duration(one['seconds'])} (threshold {limit_of(settings.prepared_transaction)}):"
            " COMMIT PREPARED or ROLLBACK PREPARED it",
            Metric.PREPARED_TRANSACTION,
        )


def longest_query(values: Values, settings: Settings) -> Iterator[Judgement]:
    for session in over(values.get("longest_queries", []), settings.longest_query):
        yield Judgement(
            "longest_query",
            Level.MEDIUM,
            f"a statement of {session_of(session)} has run for {duration(session['seconds'])}"
            f" (threshold {limit_of(settings.longest_query)})",
            Metric.LONGEST_QUERY,
        )


def blocked_sessions(values: Values, settings: Settings) -> Iterator[Judgement]:
    for session in over(values.get("blocked_sessions", []), settings.lock_wait):
        wanted = f"table {session['relation']}" if session["relation"] else f"a lock of kind {session['kind']}"
        yield Judgement(
            "blocked_session",
            Level.MEDIUM,
            f"{session_of(session)} has waited for {wanted} for {duration(session['seconds'])}"
            f" (threshold {limit_of(settings.lock_wait)}), blocked by {_blockers_of(session)}",
            Metric.BLOCKED_SESSIONS,
        )


def _blockers_of(session: dict[str, Any]) -> str:
    named = session["blocked_by"]
    others = (session["blockers"] or 0) - len(named)
    return ", ".join([*named, *([f"{others} more"] if others > 0 else [])]) or "a session that has just ended"


def deadlocks(values: Values, settings: Settings) -> Iterator[Judgement]:
    happened = values.get("since_last_check")
    if happened and happened["deadlocks"] > settings.deadlocks:
        yield Judgement(
            "deadlocks",
            Level.MEDIUM,
            f"{happened['deadlocks']} deadlocks in {duration(happened['seconds'])}"
            f" (threshold {settings.deadlocks}): the server's log names the statements",
            Metric.DEADLOCKS,
        )


RULES: tuple[Rule, ...] = (
    connections,
    idle_in_transaction,
    prepared_transactions,
    longest_query,
    blocked_sessions,
    deadlocks,
)
