"""docs/database-metrics.md says what the code does, whoever wrote it."""

from pathlib import Path

from lambdas.database_check.checks import CHECKS
from lambdas.database_check.unreachable import Kind
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from stacks.settings import DatabaseCheck

DOCUMENT = Path("docs/database-metrics.md").read_text()
METRICS = {check.rule.metric for check in CHECKS if check.rule and check.rule.metric}
ALWAYS = {Metric.DATABASE_REACHABLE, Metric.CONNECTIONS_USED}
TROUBLE = {Metric.DATABASE_FINDINGS, *METRICS} - ALWAYS
NONE = "\N{EN DASH}"
NOT_THRESHOLDS = {"interval_minutes", "slow_statement_ms"}


def rows(heading):
    """The table under the heading that begins so, without its head, as lists of plain cells."""
    _, _, section = DOCUMENT.partition(f"\n| {heading} |")
    lines = section.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_metric_is_explained_with_its_unit():
    assert {(name, unit) for name, unit, *_ in rows("metric")} == {(m, m.unit) for m in ALWAYS | TROUBLE}


def test_always_and_trouble_metrics_are_separate():
    """What is sent always and what in trouble only is distinguished."""
    assert {name for name, _, sent, *_ in rows("metric") if sent == "always"} == ALWAYS
    assert {name for name, _, sent, *_ in rows("metric") if sent == "in trouble"} == TROUBLE


def test_every_threshold_stands_with_its_default():
    documented = {setting: float(default) for _, _, _, setting, default, *_ in rows("metric") if setting != NONE}
    fields = {name: field.default for name, field in DatabaseCheck.model_fields.items()}
    assert documented == {name: default for name, default in fields.items() if name not in NOT_THRESHOLDS}


def test_levels_are_levels():
    assert {level for *_, level, _ in rows("metric")} <= {*Level, NONE}


def test_measurements_are_documented_completely():
    """Every measurement stands with its grant its version and its meaning."""
    expected = [[one.name, str(one.grant or NONE), str(one.minimum_version), one.meaning] for one in CHECKS]
    assert rows("measurement") == expected


def test_every_reason_is_explained():
    assert {reason for reason, _ in rows("reason")} == set(Kind)
