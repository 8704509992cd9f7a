"""What the documents show of the database's checks and alarms.

A document is prose with generated parts in between, each between two lines of which the first names it:

    <!-- generated: metrics -->
    …
    <!-- end -->
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from lambdas.database_check.check import Check, Rule, Threshold
from lambdas.database_check.checks import CHECKS
from lambdas.vocabulary.metrics import Metric
from stacks.alarms.database import FINDINGS, ROWS, UNREACHABLE

DOCUMENTS = (Path("docs/database-metrics.md"), Path("docs/runbooks/database-trouble.md"))
_PART = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_NONE = "\N{EN DASH}"
_METRICS = ("metric", "unit", "sent", "`[database_check]`", "default", "level", "why this threshold")


def _metrics() -> str:
    """What the check of the database publishes, with each threshold."""
    rows = [
        _metric(UNREACHABLE.metric, _NONE, _NONE, UNREACHABLE.level, "1 or 0; two in a row, or none at all, alarm"),
        *(_threshold(rule, threshold) for rule in _rules() for threshold in rule.thresholds),
        _metric(FINDINGS.metric, _NONE, "0", FINDINGS.level, "grants that are missing, queries that failed"),
    ]
    return _table(_METRICS, rows)


def _threshold(rule: Rule, threshold: Threshold) -> list[str]:
    setting = f"`{threshold.name_in_file}`" if threshold.allowed else _NONE
    where = "only where no RDS counts them, see below; " if rule.rds_counts_it else ""
    about = "" if rule.metric else f"`{rule.name}`: "
    default, metric = f"{threshold.default:g}", rule.metric or FINDINGS.metric
    return _metric(metric, setting, default, str(threshold.level), f"{about}{where}{threshold.why}")


def _metric(metric: Metric, setting: str, default: str, level: str, why: str) -> list[str]:
    return [f"`{metric}`", metric.unit, metric.sent, setting, default, level, why]


def _judgements() -> str:
    rows = [
        [f"`{check.rule.name}`", f"`{check.name}`", f"`{check.rule.metric or FINDINGS.metric}`", check.rule.trouble]
        for check in CHECKS
        if check.rule
    ]
    return _table(("judgement", "of", "counts in", "what is wrong"), rows)


def _measurements() -> str:
    return _table(("measurement", "grant", "from version", "what it says"), map(_measurement, CHECKS))


def _measurement(check: Check) -> list[str]:
    grant = f"`{check.grant}`" if check.grant else _NONE
    return [f"`{check.name}`", grant, str(check.minimum_version), check.meaning]


def _remedies() -> str:
    """What to do, by the alarms of `database.py` in their order."""
    names: dict[str, list[str]] = {}
    for row in ROWS:
        if row.rule:
            names.setdefault(row.rule.name, []).append(row.name)
    rows = [[_alarms(rule, names[rule.name]), rule.what_to_do] for rule in _rules() if rule.name in names]
    others = " ".join(f"`{rule.name}`: {rule.what_to_do}" for rule in _rules() if not rule.metric)
    grants = "`missing_grant`: run the `GRANT` that it names. `not_measured`: it names the reason."
    return _table(("alarm", "do"), [*rows, [FINDINGS.name, f"Low. {others} {grants}"]])


def _alarms(rule: Rule, names: list[str]) -> str:
    at_rds = f" (at RDS: `rds-{names[0]}`)" if rule.rds_counts_it else ""
    return ", ".join(names) + at_rds


def _rules() -> Iterator[Rule]:
    return (check.rule for check in CHECKS if check.rule)


def _table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [_row(head), "|" + "---|" * len(head), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


PARTS: dict[str, Callable[[], str]] = {
    "metrics": _metrics,
    "judgements": _judgements,
    "measurements": _measurements,
    "remedies": _remedies,
}


def put_into(document: str) -> str:
    """The document with its generated parts anew.  Raises KeyError for a part that nobody generates."""
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n\n{part[3]}", document)
