import pytest

from lambdas.database_check.checks import REPLICATION_SLOTS
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

SLOT = {
    "slot": "old",
    "active": False,
    "wal_status": "extended",
    "retained_bytes": 5 * 2**30,
    "inactive_since": None,
    "invalidation_reason": None,
}
READ_SLOT = {**SLOT, "active": True, "wal_status": "reserved"}
WELL = [READ_SLOT]
ILL = [SLOT] * 3


def test_a_slot_that_is_read():
    assert judged(REPLICATION_SLOTS, [READ_SLOT]) == []


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        (
            {},
            (
                "nobody reads from replication slot old; 5.37 GB of write-ahead log are kept for it"
                " (threshold 0 such slots)"
            ),
        ),
        (
            {"active": True},
            (
                "the reader of replication slot old does not confirm what it reads: 5.37 GB of write-ahead log are kept"
                " for it (threshold 0 such slots)"
            ),
        ),
        (
            {"wal_status": "lost", "invalidation_reason": "wal_removed"},
            (
                "replication slot old is lost (wal_removed): the server no longer has what its reader needs next, so"
                " drop it and set the reader up anew (threshold 0 such slots)"
            ),
        ),
    ],
)
def test_neglected(slot, message):
    assert found(REPLICATION_SLOTS, [SLOT | slot]) == (Level.HIGH, Metric.INACTIVE_SLOTS, message)


def test_the_neglected_are_counted():
    assert published(REPLICATION_SLOTS, [SLOT, READ_SLOT, {**SLOT, "active": True}]) == {Metric.INACTIVE_SLOTS: 2}
