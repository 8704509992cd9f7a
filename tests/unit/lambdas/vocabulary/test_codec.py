from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest

from lambdas.vocabulary.codec import JsonDocument, MalformedError, decode, encode


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    size: int = 0


@dataclass(frozen=True)
class Whole(JsonDocument):
    at: datetime
    parts: tuple[Part, ...]
    pair: tuple[str, int] = ("a", 1)
    day: date | None = None
    lasting: timedelta = timedelta(0)
    counts: Mapping[Colour, float] = field(default_factory=dict)
    buckets: Mapping[int, int] = field(default_factory=dict)
    flag: bool = False


AT = datetime(2026, 11, 24, 20, 33, 7, tzinfo=UTC)
FULL = Whole(AT, (Part("x", 3),), ("b", 2), AT.date(), timedelta(minutes=1.5), {Colour.RED: 1.5}, {51: 2}, flag=True)
LEAST = {"at": AT.isoformat(), "parts": []}


def test_written_as_json_knows_it():
    assert encode(FULL) == {
        "at": "2026-11-24T20:33:07+00:00",
        "parts": [{"name": "x", "size": 3}],
        "pair": ["b", 2],
        "day": "2026-11-24",
        "lasting": 90.0,
        "counts": {"red": 1.5},
        "buckets": {51: 2},
        "flag": True,
    }


def test_read_as_written():
    assert Whole.from_json(FULL.to_json()) == FULL
    assert Whole.from_json(Whole(AT, ()).to_json()) == decode(Whole, LEAST) == Whole(AT, ())


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"parts": [{"name": "x"}, {"name": 7}]}, "parts[1].name is int, expected str"),
        ({"parts": [{"name": "x", "size": "3"}]}, "parts[0].size is str, expected int"),
        ({"parts": [{"name": "x", "size": True}]}, "parts[0].size is bool, expected int"),
        ({"parts": [{"name": "x", "size": 3.0}]}, "parts[0].size is float, expected int"),
        ({"parts": [{"size": 3}]}, "parts[0].name is missing"),
        ({"parts": [{"name": "x", "weight": 1}]}, "parts[0].weight is not known"),
        ({"parts": "two"}, "parts is str, expected list or tuple"),
        ({"parts": ["x"]}, "parts[0] is str, expected dict"),
        ({"pair": ["b"]}, "pair has 1 parts, expected 2"),
        ({"at": "2026-11-24T20:33:07"}, "at is str, expected an ISO 8601 time with its zone"),
        ({"at": None}, "at is NoneType, expected str"),
        ({"day": "yesterday"}, "day is str, expected an ISO 8601 date"),
        ({"lasting": "1 min"}, "lasting is str, expected float or int"),
        ({"counts": {"green": 1}}, "counts's key is str, expected one of 'red', 'blue'"),
        ({"buckets": {"many": 1}}, "buckets's key is str, expected int"),
        ({"flag": 1}, "flag is int, expected bool"),
    ],
)
def test_error_names_field_and_type(changed, fault):
    """Error names field type and what was expected."""
    with pytest.raises(MalformedError) as error:
        decode(Whole, LEAST | changed)
    assert str(error.value) == fault


def test_document_itself_may_be_malformed():
    with pytest.raises(MalformedError, match=r"^it is list, expected dict$"):
        decode(Whole, [])


def test_unknown_keys_can_be_ignored():
    """Unknown keys are ignored at any depth on request."""
    newer = {"at": AT.isoformat(), "parts": [{"name": "x", "weight": 1}], "colour": "red"}
    assert decode(Whole, newer, ignore_unknown=True) == Whole(AT, (Part("x"),))


def test_values_are_not_quoted():
    with pytest.raises(MalformedError) as error:
        decode(Whole, {"at": "hunter2", "parts": []})
    assert "hunter2" not in str(error.value)
