from lambdas.database_check.checks import SINCE_LAST_CHECK
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

WELL = {"deadlocks": 0, "seconds": 300.0}
ILL = {"deadlocks": 2, "seconds": 300.0}


def test_no_deadlock():
    assert judged(SINCE_LAST_CHECK, WELL) == []


def test_deadlocks():
    assert found(SINCE_LAST_CHECK, ILL) == (
        Level.MEDIUM,
        Metric.DEADLOCKS,
        "2 deadlocks in 5 min (threshold 0): the server's log names the statements",
    )


def test_published():
    assert published(SINCE_LAST_CHECK, ILL) == {Metric.DEADLOCKS: 2}
