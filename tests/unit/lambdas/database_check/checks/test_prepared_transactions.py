from lambdas.database_check.checks import PREPARED_TRANSACTIONS
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import DAYS, found, judged, published

PREPARED = {"transaction": "order-7", "login": "app", "database": "junkos", "seconds": 299.0}
WELL = [PREPARED]
ILL = [{**PREPARED, "seconds": DAYS}]


def test_at_threshold():
    assert judged(PREPARED_TRANSACTIONS, [{**PREPARED, "seconds": 300.0}]) == []


def test_over_threshold():
    assert found(PREPARED_TRANSACTIONS, [{**PREPARED, "seconds": 1260.0}]) == (
        Level.MEDIUM,
        Metric.PREPARED_TRANSACTION,
        (
            "prepared transaction order-7 of app in database junkos has been left open for 21 min (threshold 5 min):"
            " COMMIT PREPARED or ROLLBACK PREPARED it"
        ),
    )


def test_published():
    assert published(PREPARED_TRANSACTIONS, [{**PREPARED, "seconds": 301.0}]) == {Metric.PREPARED_TRANSACTION: 301}
