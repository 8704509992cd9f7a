from lambdas.database_check.checks import LONGEST_QUERIES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import DAYS, SESSION, found, judged, published

WELL = [SESSION]
ILL = [{**SESSION, "seconds": DAYS}]


def test_at_threshold():
    assert judged(LONGEST_QUERIES, [{**SESSION, "seconds": 300.0}]) == []


def test_over_threshold():
    assert found(LONGEST_QUERIES, [{**SESSION, "seconds": 1260.0}]) == (
        Level.MEDIUM,
        Metric.LONGEST_QUERY,
        "a statement of session 7 of app (shop) has run for 21 min (threshold 5 min)",
    )


def test_published():
    assert published(LONGEST_QUERIES, [{**SESSION, "seconds": 301.0}]) == {Metric.LONGEST_QUERY: 301}
