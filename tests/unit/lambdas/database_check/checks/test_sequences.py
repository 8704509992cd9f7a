import pytest

from lambdas.database_check.checks import SEQUENCES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import found, judged, published

SEQUENCE = {"sequence": "public.s", "column": None, "last_value": 74, "limit": 100, "used_percent": 74.0}


def rows(**sequence):
    changed = SEQUENCE | sequence
    return {"used_percent": changed["used_percent"], "nearest": [changed]}


WELL = rows()
ILL = rows(last_value=100, used_percent=100.0)


def test_at_threshold():
    assert judged(SEQUENCES, rows(last_value=75, used_percent=75.0)) == []


@pytest.mark.parametrize(
    ("sequence", "level", "message"),
    [
        (
            {"last_value": 80, "used_percent": 80.0},
            Level.MEDIUM,
            "sequence public.s is at 80 of 100, 80.0 % used (threshold 75 %)",
        ),
        (
            {"column": "public.t.id", "last_value": 91, "used_percent": 91.0},
            Level.CRITICAL,
            "sequence public.s, which feeds public.t.id, is at 91 of 100, 91.0 % used (threshold 90 %)",
        ),
    ],
)
def test_over_threshold(sequence, level, message):
    assert found(SEQUENCES, rows(**sequence)) == (level, Metric.SEQUENCE_USED, message)


def test_published():
    assert published(SEQUENCES, rows(used_percent=80.0)) == {Metric.SEQUENCE_USED: 80}
