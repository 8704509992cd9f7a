import pytest

from lambdas.database_check.checks import TRANSACTION_IDS
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

IDS = {
    "database": "junkos",
    "percent": 49.0,
    "multixact_percent": 1.0,
    "oldest_table": "public.events",
    "oldest_multixact_table": "public.orders",
}
WELL = [IDS]
ILL = [{**IDS, "percent": 99.9}]


def test_at_threshold():
    assert judged(TRANSACTION_IDS, [{**IDS, "percent": 50.0, "multixact_percent": 50.0}]) == []


@pytest.mark.parametrize(("percent", "level"), [(51.0, Level.HIGH), (75.0, Level.HIGH), (76.0, Level.CRITICAL)])
def test_level(percent, level):
    assert found(TRANSACTION_IDS, [{**IDS, "percent": percent}])[0] is level


def test_over_critical_threshold():
    assert found(TRANSACTION_IDS, [{**IDS, "multixact_percent": 76.0}]) == (
        Level.CRITICAL,
        Metric.TRANSACTION_IDS_USED,
        (
            "database junkos has used 76 % of its multixact ids (threshold 75 %; at 100 % the server stops writing),"
            " its oldest table is public.orders: vacuum it"
        ),
    )


def test_the_worse_kind_of_ids_is_published():
    rows = [{**IDS, "percent": 51.0, "multixact_percent": 60.0}]
    assert published(TRANSACTION_IDS, rows) == {Metric.TRANSACTION_IDS_USED: 60}
