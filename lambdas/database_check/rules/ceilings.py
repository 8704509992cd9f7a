"""Numbers that run out."""

from collections.abc import Iterator

from lambdas.database_check.rules.judgement import Judgement, Rule, Values
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric

_IDS = (
    ("transaction ids", "percent", "oldest_table"),
    ("multixact ids", "multixact_percent", "oldest_multixact_table"),
)
"""Words, the share in use, and the table that holds it back."""


def transaction_ids(values: Values, settings: Settings) -> Iterator[Judgement]:
    critical = settings.transaction_ids_critical_percent
    for database in values.get("transaction_ids", []):
        for words, key, table in _IDS:
            if (percent := database[key]) > settings.transaction_ids_percent:
                threshold = critical if percent > critical else settings.transaction_ids_percent
                oldest = f", its oldest table is {database[table]}" if database[table] else ""
                yield Judgement(
                    "transaction_ids",
                    Level.CRITICAL if percent > critical else Level.HIGH,
                    f"database {database['database']} has used {percent:.4g} % of its {words}"
                    f" (threshold {threshold:g} %; at 100 % the server stops writing){oldest}: vacuum it",
                    Metric.TRANSACTION_IDS_USED,
                )


def sequences(values: Values, settings: Settings) -> Iterator[Judgement]:
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


RULES: tuple[Rule, ...] = (transaction_ids, sequences)
