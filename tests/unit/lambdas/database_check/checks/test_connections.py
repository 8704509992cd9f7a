from dataclasses import replace

from lambdas.database_check.checks import CONNECTIONS
from lambdas.database_check.judge import judge, metrics_of
from lambdas.database_check.measure import Measured
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import SETTINGS, found, judged, published

WELL = {"used": 10, "available": 100, "used_percent": 10.0}
ILL = {"used": 100, "available": 100, "used_percent": 100.0}


def test_at_threshold():
    assert judged(CONNECTIONS, {"used": 80, "available": 100, "used_percent": 80.0}) == []


def test_over_threshold():
    assert found(CONNECTIONS, {"used": 81, "available": 100, "used_percent": 81.0}) == (
        Level.HIGH,
        Metric.CONNECTIONS_USED,
        "81 of 100 connections are used, 81 % (threshold 80 %)",
    )


def test_published_without_trouble():
    assert published(CONNECTIONS, WELL) == {Metric.CONNECTIONS_USED: 10}


def test_judged_and_not_published_at_rds():
    at_rds = replace(SETTINGS, connections_metric=False)
    full = {CONNECTIONS.name: ILL}
    judgements = judge(Measured(full), at_rds)
    assert [judgement.name for judgement in judgements] == ["connections"]
    assert metrics_of(full, judgements, at_rds) == {}
