from lambdas.database_check.checks import INVALID_INDEXES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

WELL = []
ILL = [{"index": "public.i", "table": "public.t"}]


def test_no_index():
    assert judged(INVALID_INDEXES, WELL) == []


def test_any_index():
    assert found(INVALID_INDEXES, ILL) == (
        Level.LOW,
        None,
        "index public.i of public.t is invalid: drop it, or REINDEX INDEX CONCURRENTLY",
    )


def test_counts_as_finding():
    assert published(INVALID_INDEXES, ILL * 2) == {Metric.DATABASE_FINDINGS: 2}
