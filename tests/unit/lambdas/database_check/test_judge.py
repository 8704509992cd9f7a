"""What all checks together say: the order of judgements, what could not be measured, and what is published."""

import importlib
from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.database_check.checks import (
    BLOCKED_SESSIONS,
    CHECKS,
    LONGEST_QUERIES,
    REPLICATION_SLOTS,
    TRANSACTION_IDS,
)
from lambdas.database_check.judge import judge, metrics_of
from lambdas.database_check.measure import Measured
from lambdas.database_check.settings import Settings
from lambdas.database_check.shortened import left_out, shortened_judgements, shortened_values
from lambdas.shared.environment import BadEnvironmentError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import SETTINGS

JUDGED = [check for check in CHECKS if check.rule]


def cases_of(check):
    """The module with the rows of a check, WELL and ILL."""
    return importlib.import_module(f"tests.unit.lambdas.database_check.checks.test_{check.name}")


def well():
    return {check.name: cases_of(check).WELL for check in JUDGED}


def ill(*checks):
    return Measured({check.name: cases_of(check).ILL for check in checks})


def test_settings_survive_the_environment():
    changed = replace(SETTINGS, lock_wait=timedelta(seconds=3), connections_percent=90.5)
    assert Settings.from_environment(changed.to_environment()) == changed


def test_missing_threshold_is_a_fault():
    """A threshold that was not deployed is a fault."""
    variables = SETTINGS.to_environment()
    del variables["SEQUENCE_PERCENT"]
    with pytest.raises(BadEnvironmentError, match="SEQUENCE_PERCENT is missing"):
        Settings.from_environment(variables)


def test_every_name_stands_once():
    thresholds = [threshold.name for check in CHECKS for threshold in check.thresholds if threshold.name]
    for names in ([check.name for check in CHECKS], [check.rule.name for check in JUDGED], thresholds):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("check", JUDGED, ids=lambda check: check.name)
def test_check_judges_unhealthy_rows_only(check):
    """A check judges its ill rows and not its well ones."""
    assert judge(Measured({check.name: cases_of(check).WELL}), SETTINGS) == []
    judgements = judge(ill(check), SETTINGS)
    assert {judgement.name for judgement in judgements} == {check.rule.name}
    assert {judgement.level for judgement in judgements} <= {threshold.level for threshold in check.rule.thresholds}


def test_the_worst_comes_first():
    judgements = judge(ill(LONGEST_QUERIES, TRANSACTION_IDS, REPLICATION_SLOTS), SETTINGS)
    assert list(dict.fromkeys(one.level for one in judgements)) == [Level.CRITICAL, Level.HIGH, Level.MEDIUM]


def test_unmeasured_is_a_finding():
    """What could not be measured is a finding."""
    measured = Measured(failed={"sequences": "took longer than the statement timeout"})
    found = judge(measured, SETTINGS)
    assert [one.message for one in found] == ["sequences was not measured: took longer than the statement timeout"]
    assert metrics_of(measured.values, found, SETTINGS) == {Metric.DATABASE_FINDINGS: 1}


def test_trouble_metrics_are_absent_when_fine():
    """What matters in trouble only is not published without trouble."""
    assert metrics_of(well(), [], SETTINGS) == {Metric.CONNECTIONS_USED: 10}


def test_many_findings_are_shortened():
    """Of many alike the first are shown and the rest counted."""
    waiting = cases_of(BLOCKED_SESSIONS).ILL[:1] * 300
    slot = cases_of(REPLICATION_SLOTS).ILL[:1]
    judgements = judge(Measured({"blocked_sessions": waiting, "replication_slots": slot}), SETTINGS)
    shown = shortened_judgements(judgements)
    assert [one.name for one in shown] == ["inactive_slot", *["blocked_session"] * 11]
    assert shown[-1].message == "290 more findings of the kind blocked_session"
    values = {"blocked_sessions": waiting, "connections": {}}
    assert len(shortened_values(values)["blocked_sessions"]) == 20
    assert left_out(values) == {"blocked_sessions": 280}
