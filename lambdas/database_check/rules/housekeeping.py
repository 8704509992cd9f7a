"""What tables, indexes and the disk below them suffer from."""

from collections.abc import Iterator

from lambdas.database_check.rules.judgement import Judgement, Rule, Values
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric


def checksum_failures(values: Values, settings: Settings) -> Iterator[Judgement]:
    for database in values.get("checksum_failures", []):
        if (database["failures"] or 0) > settings.checksum_failures:
            yield Judgement(
                "checksum_failures",
                Level.CRITICAL,
                f"{database['failures']} pages of {database['database']} had a wrong checksum, the last one at"
                f" {database['last_failure']} (threshold {settings.checksum_failures}): the storage loses data",
                Metric.CHECKSUM_FAILURES,
            )


def dead_rows(values: Values, settings: Settings) -> Iterator[Judgement]:
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


def invalid_indexes(values: Values, _settings: Settings) -> Iterator[Judgement]:
    for index in values.get("invalid_indexes", []):
        yield Judgement(
            "invalid_index",
            Level.LOW,
            f"index {index['index']} of {index['table']} is invalid: drop it, or REINDEX INDEX CONCURRENTLY",
        )


RULES: tuple[Rule, ...] = (checksum_failures, dead_rows, invalid_indexes)
