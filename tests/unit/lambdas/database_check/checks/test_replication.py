import pytest

from lambdas.database_check.checks import REPLICATION
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import DAYS, found, judged, published

STANDBY = {"standby": "b", "state": "streaming", "confirms": True, "lag_seconds": 299.0}
WELL = [STANDBY]
ILL = [{**STANDBY, "lag_seconds": DAYS}]


def test_at_threshold_or_unknown():
    assert judged(REPLICATION, [{**STANDBY, "lag_seconds": 300.0}, {**STANDBY, "lag_seconds": None}]) == []


@pytest.mark.parametrize(
    ("standby", "message"),
    [
        ({"lag_seconds": 301.0}, "b is 5 min behind (threshold 5 min)"),
        (
            {"standby": "this server", "state": "disconnected", "lag_seconds": 7200.0},
            (
                "this server has no connection to its primary, and the newest commit that it has is 2 h old"
                " (threshold 5 min)"
            ),
        ),
        (
            {"confirms": False, "lag_seconds": 720.0},
            "b has confirmed nothing of what it was sent since it connected 12 min ago (threshold 5 min)",
        ),
    ],
)
def test_over_threshold(standby, message):
    assert found(REPLICATION, [STANDBY | standby]) == (Level.MEDIUM, Metric.REPLICATION_LAG, message)


def test_published():
    assert published(REPLICATION, [{**STANDBY, "lag_seconds": 301.0}]) == {Metric.REPLICATION_LAG: 301}
