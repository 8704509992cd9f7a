from lambdas.database_check.checks import IDLE_IN_TRANSACTION
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import DAYS, SESSION, found, judged, published

WELL = [SESSION]
ILL = [{**SESSION, "seconds": DAYS}]


def test_at_threshold():
    assert judged(IDLE_IN_TRANSACTION, [{**SESSION, "seconds": 300.0}]) == []


def test_over_threshold():
    assert found(IDLE_IN_TRANSACTION, [{**SESSION, "seconds": 1260.0}]) == (
        Level.MEDIUM,
        Metric.IDLE_IN_TRANSACTION,
        "session 7 of app (shop) has held a transaction open without doing anything for 21 min (threshold 5 min)",
    )


def test_published():
    rows = [SESSION, {**SESSION, "seconds": 301.0}]
    assert published(IDLE_IN_TRANSACTION, rows) == {Metric.IDLE_IN_TRANSACTION: 301}
