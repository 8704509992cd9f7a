"""What the measurements mean: each judgement names the object, the number and the threshold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lambdas.database_check.measure import Measured
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """Something that somebody should know; `metric` is the one whose alarm says so, if one does."""

    name: str
    level: Level
    message: str
    metric: Metric | None = None


def judge(measured: Measured, settings: Settings) -> list[Judgement]:
    """Everything that is over its threshold, the worst first; what could not be measured is not passed over."""
    found = [judgement for rule in _RULES for judgement in rule(measured.values, settings)]
    found += _unmeasured(measured)
    return sorted(found, key=lambda judgement: list(Level).index(judgement.level))


def _connections(values: Values, settings: Settings) -> Iterator[Judgement]:
    connections = values.get("connections")
    if connections and connections["used_percent"] > settings.connections_percent:
        yield Judgement(
            "connections",
            Level.HIGH,
            f"{connections['used']} of {connections['available']} connections are used,"
            f" {connections['used_percent']:.0f} % (threshold {settings.connections_percent:g} %)",
            Metric.CONNECTIONS_USED,
        )


def _idle_in_transaction(values: Values, settings: Settings) -> Iterator[Judgement]:
    for session in _over(values.get("idle_in_transaction", []), settings.idle_in_transaction):
        yield Judgement(
            "idle_in_transaction",
            Level.MEDIUM,
            f"{_session(session)} has held a transaction open without doing anything for"
            f" {_time(session['seconds'])} (threshold {_limit(settings.idle_in_transaction)})",
            Metric.IDLE_IN_TRANSACTION,
        )


def _longest_query(values: Values, settings: Settings) -> Iterator[Judgement]:
    for session in _over(values.get("longest_queries", []), settings.longest_query):
        yield Judgement(
            "longest_query",
            Level.MEDIUM,
            f"a statement of {_session(session)} has run for {_time(session['seconds'])}"
            f" (threshold {_limit(settings.longest_query)})",
            Metric.LONGEST_QUERY,
        )


def _blocked_sessions(values: Values, settings: Settings) -> Iterator[Judgement]:
    for session in _over(values.get("blocked_sessions", []), settings.lock_wait):
        wanted = f"table {session['relation']}" if session["relation"] else f"a lock of kind {session['kind']}"
        blockers = ", ".join(session["blocked_by"]) or "a session that has just ended"
        yield Judgement(
            "blocked_session",
            Level.MEDIUM,
            f"{_session(session)} has waited for {wanted} for {_time(session['seconds'])}"
            f" (threshold {_limit(settings.lock_wait)}), blocked by {blockers}",
            Metric.BLOCKED_SESSIONS,
        )


def _transaction_ids(values: Values, settings: Settings) -> Iterator[Judgement]:
    critical = settings.transaction_ids_critical_percent
    for database in values.get("transaction_ids", []):
        for words, key in (("transaction ids", "percent"), ("multixact ids", "multixact_percent")):
            if (percent := database[key]) > settings.transaction_ids_percent:
                threshold = critical if percent > critical else settings.transaction_ids_percent
                oldest = f", its oldest table is {database['oldest_table']}" if database["oldest_table"] else ""
                yield Judgement(
                    "transaction_ids",
                    Level.CRITICAL if percent > critical else Level.HIGH,
                    f"database {database['database']} has used {percent:.4g} % of its {words}"
                    f" (threshold {threshold:g} %; at 100 % the server stops writing){oldest}: vacuum it",
                    Metric.TRANSACTION_IDS_USED,
                )


def _replication_lag(values: Values, settings: Settings) -> Iterator[Judgement]:
    for standby in values.get("replication", []):
        if (standby["lag_seconds"] or 0) > settings.replication_lag.total_seconds():
            yield Judgement(
                "replication_lag",
                Level.MEDIUM,
                f"{standby['standby']} is {_time(standby['lag_seconds'])} behind"
                f" (threshold {_limit(settings.replication_lag)})",
                Metric.REPLICATION_LAG,
            )


def _inactive_slots(values: Values, settings: Settings) -> Iterator[Judgement]:
    inactive = [slot for slot in values.get("replication_slots", []) if not slot["active"]]
    if len(inactive) > settings.inactive_slots:
        for slot in inactive:
            since = f" since {slot['inactive_since']}" if slot["inactive_since"] else ""
            yield Judgement(
                "inactive_slot",
                Level.HIGH,
                f"nobody reads from replication slot {slot['slot']}{since}; {_size(slot['retained_bytes'] or 0)} of"
                f" write-ahead log are kept for it (threshold {settings.inactive_slots} inactive slots)",
                Metric.INACTIVE_SLOTS,
            )


def _deadlocks(values: Values, settings: Settings) -> Iterator[Judgement]:
    happened = values.get("since_last_check")
    if happened and happened["deadlocks"] > settings.deadlocks:
        yield Judgement(
            "deadlocks",
            Level.MEDIUM,
            f"{happened['deadlocks']} deadlocks in {_time(happened['seconds'])}"
            f" (threshold {settings.deadlocks}): the server's log names the statements",
            Metric.DEADLOCKS,
        )


def _sequences(values: Values, settings: Settings) -> Iterator[Judgement]:
    critical = settings.sequence_critical_percent
    for sequence in values.get("sequences", {}).get("nearest", []):
        if (percent := sequence["used_percent"]) > settings.sequence_percent:
            threshold = critical if percent > critical else settings.sequence_percent
            feeds = f", which feeds {sequence['column']}," if sequence["column"] else ""
            yield Judgement(
                "sequence",
                Level.CRITICAL if percent > critical else Level.MEDIUM,
                f"sequence {sequence['sequence']}{feeds} is at {sequence['last_value']} of {sequence['limit']},"
                f" {percent:.1f} % used (threshold {threshold:g} %)",
                Metric.SEQUENCE_USED,
            )


def _checksum_failures(values: Values, settings: Settings) -> Iterator[Judgement]:
    for database in values.get("checksum_failures", []):
        if (database["failures"] or 0) > settings.checksum_failures:
            yield Judgement(
                "checksum_failures",
                Level.CRITICAL,
                f"{database['failures']} pages of {database['database']} had a wrong checksum, the last one at"
                f" {database['last_failure']} (threshold {settings.checksum_failures}): the storage loses data",
                Metric.CHECKSUM_FAILURES,
            )


def _dead_rows(values: Values, settings: Settings) -> Iterator[Judgement]:
    for table in values.get("tables_to_vacuum", []):
        if table["times_over"] > settings.dead_rows_times_over:
            off = ", whose autovacuum is off," if table["autovacuum_off"] else ""
            yield Judgement(
                "dead_rows",
                Level.LOW,
                f"table {table['table']}{off} has {table['dead_rows']} dead rows, {table['times_over']:.1f} times what"
                f" starts autovacuum (threshold {settings.dead_rows_times_over:g}), and was vacuumed"
                f" {table['last_vacuum'] or 'never'}",
            )


def _invalid_indexes(values: Values, _settings: Settings) -> Iterator[Judgement]:
    for index in values.get("invalid_indexes", []):
        yield Judgement(
            "invalid_index",
            Level.LOW,
            f"index {index['index']} of {index['table']} is invalid: drop it, or REINDEX INDEX CONCURRENTLY",
        )


def _unmeasured(measured: Measured) -> Iterator[Judgement]:
    for statement, names in measured.missing_grants.items():
        yield Judgement("missing_grant", Level.LOW, f"cannot see all of {', '.join(names)}: {statement}")
    for name, reason in measured.failed.items():
        yield Judgement("not_measured", Level.LOW, f"{name} was not measured: {reason}")


_RULES: tuple[Callable[[Values, Settings], Iterator[Judgement]], ...] = (
    _connections,
    _idle_in_transaction,
    _longest_query,
    _blocked_sessions,
    _transaction_ids,
    _replication_lag,
    _inactive_slots,
    _deadlocks,
    _sequences,
    _checksum_failures,
    _dead_rows,
    _invalid_indexes,
)


def _over(sessions: list[dict[str, Any]], limit: timedelta) -> list[dict[str, Any]]:
    return [session for session in sessions if (session["seconds"] or 0) > limit.total_seconds()]


def _session(session: dict[str, Any]) -> str:
    application = f" ({session['application']})" if session["application"] else ""
    return f"session {session['pid']} of {session['login']}{application}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  a minute


def _limit(limit: timedelta) -> str:
    return _time(limit.total_seconds())


def _size(amount: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if amount < 1024:  # noqa: PLR2004  the next unit
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
