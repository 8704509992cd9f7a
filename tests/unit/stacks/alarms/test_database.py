"""The rows of the database's alarms fit the checks."""

import pytest

from lambdas.database_check.checks import CHECKS, DATABASE_SIZE
from lambdas.vocabulary.levels import Level
from stacks.alarms.database import ROWS, alarm_of


def test_every_metric_level_has_one_alarm():
    """Every level of every metric is alarmed once."""
    wanted = {
        (check.rule.name, threshold.level)
        for check in CHECKS
        if check.rule and check.rule.metric
        for threshold in check.rule.thresholds
    }
    rows = [(row.rule.name, row.level) for row in ROWS if row.rule]
    assert set(rows) == wanted
    assert len(rows) == len(wanted)


def test_a_check_without_a_metric_is_refused():
    with pytest.raises(TypeError, match="check database_size has no metric to alarm on"):
        alarm_of(DATABASE_SIZE, Level.LOW, "size")
