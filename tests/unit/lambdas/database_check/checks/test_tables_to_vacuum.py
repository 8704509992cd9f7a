from lambdas.database_check.checks import TABLES_TO_VACUUM
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

TABLE = {
    "table": "public.t",
    "dead_rows": 5000,
    "live_rows": 5000,
    "times_over": 1.9,
    "autovacuum_off": False,
    "last_vacuum": None,
}
WELL = [TABLE]
ILL = [{**TABLE, "times_over": 4.8, "autovacuum_off": True}]


def test_at_threshold():
    assert judged(TABLES_TO_VACUUM, [{**TABLE, "times_over": 2.0}]) == []


def test_over_threshold():
    assert found(TABLES_TO_VACUUM, ILL) == (
        Level.LOW,
        None,
        (
            "table public.t, whose autovacuum is off, has 5000 dead rows, 4.8 times what starts autovacuum (threshold"
            " 2), and was vacuumed never"
        ),
    )


def test_counts_as_finding():
    assert published(TABLES_TO_VACUUM, ILL * 2) == {Metric.DATABASE_FINDINGS: 2}
