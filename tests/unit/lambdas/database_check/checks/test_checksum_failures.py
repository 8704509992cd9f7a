from lambdas.database_check.checks import CHECKSUM_FAILURES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

DATABASE = {"database": "junkos", "failures": 0, "last_failure": None}
WELL = [DATABASE, {**DATABASE, "database": "another", "failures": None}]
ILL = [{**DATABASE, "failures": 8, "last_failure": "today"}]


def test_no_failure():
    assert judged(CHECKSUM_FAILURES, WELL) == []


def test_failures():
    assert found(CHECKSUM_FAILURES, ILL) == (
        Level.CRITICAL,
        Metric.CHECKSUM_FAILURES,
        "8 pages of junkos had a wrong checksum, the last one at today (threshold 0): the storage loses data",
    )


def test_failures_of_all_databases_are_summed():
    assert published(CHECKSUM_FAILURES, [*ILL, *ILL, *WELL]) == {Metric.CHECKSUM_FAILURES: 16}
