"""What the measurements mean: what somebody should know, and the metrics."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lambdas.database_check.check import Check, Judgement, Row, Rule
from lambdas.database_check.checks import CHECKS
from lambdas.database_check.measure import Measured
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric

Values = Mapping[str, Any]
"""What was measured, by the check's name."""


def judge(measured: Measured, settings: Settings) -> list[Judgement]:
    """Everything that is over its threshold, the worst first; what could not be measured is not passed over."""
    found = [judgement for rule, rows in _judged(measured.values) for judgement in rule.judge(rows, settings)]
    found += _unmeasured(measured)
    return sorted(found, key=lambda judgement: list(Level).index(judgement.level))


def metrics_of(values: Values, judgements: Iterable[Judgement], settings: Settings) -> dict[Metric, float]:
    """The metrics of a reachable database: what is alarmed or graphed.  Each costs money; the log has the rest.

    One that was not measured is left out, and so is one of trouble that is not there.
    """
    found = {
        rule.metric: value
        for rule, rows in _judged(values)
        if rule.metric and (settings.connections_metric or not rule.rds_counts_it)
        if (value := rule.measure(rows, settings)) is not None
    }
    if others := [judgement for judgement in judgements if judgement.metric is None]:
        found[Metric.DATABASE_FINDINGS] = len(others)
    return found


def _judged(values: Values) -> Iterator[tuple[Rule, list[Row]]]:
    """Each rule whose check was measured, with the rows."""
    for check in CHECKS:
        if check.rule and check.name in values:
            yield check.rule, _rows(check, values[check.name])


def _rows(check: Check, value: Any) -> list[Row]:
    return value if check.many else [value]


def _unmeasured(measured: Measured) -> Iterator[Judgement]:
    for statement, names in measured.missing_grants.items():
        yield Judgement("missing_grant", Level.LOW, f"cannot see all of {', '.join(names)}: {statement}")
    for name, reason in measured.failed.items():
        yield Judgement("not_measured", Level.LOW, f"{name} was not measured: {reason}")
