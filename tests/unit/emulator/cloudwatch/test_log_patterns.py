"""Filter patterns and metric filters, as AWS documents them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json

import pytest

from emulator.cloudwatch import log_patterns
from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.metric_filters import Transformation, data_of, refusal

TRAIL = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
    "latency": 500,
    "detail-type": "x",
}
USERS = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}
JSON_CASES = [
    # "JSON Metric Filter Examples"
    (TRAIL, '{ $.eventType = "UpdateTrail" }', True),
    (TRAIL, "{ $.eventType = UpdateTrail }", True),
    (TRAIL, '{ $.eventType = "updatetrail" }', False),
    (TRAIL, "{ $.eventType = Update* }", True),
    (TRAIL, '{ $.eventType = "*Trail" }', True),
    (TRAIL, "{ $.sourceIPAddress != 123.123.* }", True),
    (TRAIL, "{ $.sourceIPAddress != 111.111.* }", False),
    (TRAIL, '{ $.arrayKey[0] = "value" }', True),
    (TRAIL, '{ $.eventType[0] = "value" }', False),
    (TRAIL, "{ $.objectList[1].id = 2 }", True),
    (TRAIL, "{ $.objectList[*].id = 2 }", True),
    (TRAIL, "{ $.SomeObject IS NULL }", True),
    (TRAIL, "{ $.SomeOtherObject IS NULL }", False),
    (TRAIL, "{ $.SomeOtherObject NOT EXISTS }", True),
    (TRAIL, "{ $.SomeObject NOT EXISTS }", False),
    (TRAIL, "{ $.ThisFlag IS TRUE }", True),
    (TRAIL, "{ $.ThisFlag IS FALSE }", False),
    (TRAIL, "{ $.latency = * }", True),
    (TRAIL, "{ $.nothing = * }", False),
    (TRAIL, "{ $.nothing != 1 }", False),
    (TRAIL, "{ $.detail-type = x }", True),
    (TRAIL, "{ $.['detail-type'] = x }", True),
    (TRAIL, "{ $.eventType = %^Up.+il$% }", True),
    # "JSON Compound Conditions": brackets, then &&, then ||
    (USERS, '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
    (USERS, '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
    (
        USERS,
        '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
        True,
    ),
    (
        USERS,
        '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
        False,
    ),
    (USERS, "{ $.coordinates[1][2] = 6 }", True),
    # "JSON Special Considerations": arrays and objects never match
    (USERS, "{ $.users = 1 }", False),
    (USERS, "{ $.users != 1 }", False),
    # "Numeric Comparisons"
    (TRAIL, "{ $.latency >= 500 }", True),
    (TRAIL, "{ $.latency > +1000 }", False),
    (TRAIL, "{ $.latency < 10e3 }", True),
    (TRAIL, "{ $.latency <= 55.5 }", False),
    (TRAIL, "{ $.latency = 500 }", True),
    (TRAIL, "{ $.latency != 500 }", False),
    (TRAIL, '{ $.latency = "500" }', False),
]
ACCESS = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
LINE_CASES = [
    # "Matching Terms in Log Events"
    ("[ERROR] A fatal exception has occurred", "ERROR", True),
    ("Exiting with ERRORCODE: -1", "ERROR", True),
    ("Exiting with ERRORCODE: -1", '"ERROR" -"Exiting"', False),
    ("[ERROR] Unhandled Exception", "ERROR Exception", True),
    ("[ERROR] Unhandled exception", "ERROR Exception", False),
    ("[ERROR] Unable to continue: Failed to process the request", '"Failed to process the request"', True),
    ("anything", "", True),
    # "OR Pattern Matching"
    ("ERROR WARN message", "?ERROR ?WARN", True),
    ("WARN message", "?ERROR ?WARN", True),
    ("message", "?ERROR ?WARN", False),
    ("ERROR WARN message", "ERROR -WARN", False),
    ("ERROR message", "ERROR -WARN", True),
    ("took 12 ms", r"%took \d+ ms%", True),
    ("ERROR message", "[w1=ERROR || w1=WARN, w2]", True),
    # "Space-Delimited Log Events": brackets and quotes hold one field together
    (ACCESS, "[ip, user, username, timestamp, request, status_code, bytes]", True),
    (ACCESS, "[ip, user, username]", False),
    (ACCESS, "[..., status_code, bytes]", True),
    (ACCESS, "[ip, user, ..., status_code, bytes]", True),
    (ACCESS, "[ip, user, ...]", True),
    (ACCESS, "[ip, user, username, timestamp, request, status_code, bytes > 1000]", True),
    (ACCESS, "[ip, user, username, timestamp, request, status_code = 200, bytes]", False),
    (ACCESS, "[ip, user, username, timestamp, request, status_code = 4*, bytes]", True),
    (ACCESS, "[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", True),
    (ACCESS, "[ip, user, username, timestamp, request, status_code = 4* && bytes > 2000]", False),
    (ACCESS, "[..., status_code = 4* && status_code != 403, bytes]", True),
    (ACCESS, "[..., request=*.html*, status_code=4*,]", True),
]


@pytest.mark.parametrize(("document", "pattern", "matches"), JSON_CASES)
def test_a_json_pattern_finds_what_it_describes(document, pattern, matches):
    assert bool(log_patterns.read(pattern)(json.dumps(document))) is matches


@pytest.mark.parametrize(("line", "pattern", "matches"), LINE_CASES)
def test_a_text_pattern_finds_what_it_describes(line, pattern, matches):
    assert bool(log_patterns.read(pattern)(line)) is matches


@pytest.mark.parametrize("line", ["plain", "[1]", '{"latency": ', "", "{}"])
def test_json_pattern_ignores_other_lines(line):
    """A json pattern finds nothing in other lines."""
    assert log_patterns.read("{ $.latency > 0 }")(line) is None


def test_extracted_values_are_shown():
    """What a pattern extracts is shown by field."""
    found = log_patterns.read("[..., request=*.html*, status_code=4*,]")(ACCESS)
    assert found.extracted == {
        "$1": "127.0.0.1", "$2": "-", "$3": "frank", "$4": "10/Oct/2000:13:25:15 -0700",
        "$request": "GET /index.html HTTP/1.0", "$status_code": "404", "$7": "1534",
    }  # fmt: skip


REFUSED = [
    "{ $.a = 1",
    "{ $.a }",
    "{ $.a = }",
    "{ a = 1 }",
    "{ $.a > high }",
    "{ $.a = 1 && }",
    "{ ($.a = 1 }",
    "{ $.a EXISTS $.b }",
    "[a, b",
    "[..., a, ...]",
    "a:b",
    '"open',
]


@pytest.mark.parametrize("pattern", REFUSED)
def test_unreadable_pattern_is_refused(pattern):
    """A pattern that cannot be read is refused."""
    with pytest.raises(PatternError):
        log_patterns.read(pattern)


def transformation(value="1", **changes):
    return Transformation.of({"metricNamespace": "Api", "metricName": "M", "metricValue": value, **changes})


def values(pattern, described, *lines):
    return [(datum.moment, datum.value, dict(datum.dimensions)) for datum in data_of(pattern, [described], list(lines))]


def line(**fields):
    return json.dumps(fields)


# "Publishing Numerical Values Found in Log Entries"
def test_filter_publishes_fields_number():
    """A filter publishes the number in a field."""
    lines = [(61.5, line(latency=50, requestType="GET")), (62.0, line(latency=7.5)), (63.0, line(other=1))]
    assert values("{ $.latency = * }", transformation("$.latency"), *lines) == [(61.5, 50, {}), (62, 7.5, {})]


def test_field_without_number_is_skipped():
    """A field that holds no number publishes nothing."""
    assert values("{ $.a = * }", transformation("$.a"), (0, line(a="fast"))) == []
    assert values('{ $.a = "x" }', transformation("$.b"), (0, line(a="x"))) == []


# "Setting How the Metric Value Changes When Matches Are Found"
def test_unmatched_minute_gets_default():
    """A minute with lines and no match gets the default."""
    described = transformation("1", defaultValue=0)
    assert values("ERROR", described, (1, "ERROR"), (2, "fine"), (61, "fine"), (62, "fine")) == [
        (1, 1, {}),
        (60, 0, {}),
    ]
    assert values("ERROR", described) == []
    assert values("ERROR", transformation("1"), (1, "fine")) == []


# "Publishing dimensions with metrics": a line that lacks one publishes nothing
def test_dimensions_come_from_fields():
    described = transformation("$.ms", dimensions={"route": "$.route", "status": "$.status"})
    lines = [(1, line(ms=5, route="/a", status=200)), (2, line(ms=6, route="/b")), (3, line(ms=6, route={}, status=1))]
    assert values("{ $.ms = * }", described, *lines) == [(1, 5, {"route": "/a", "status": "200"})]


def test_space_delimited_field_is_value():
    """A space delimited field can be the value."""
    described = transformation("$bytes", dimensions={"status": "$status_code"})
    assert values("[..., status_code = 4*, bytes]", described, (1, ACCESS)) == [(1, 1534, {"status": "404"})]


FOUR = {name: f"$.{name}" for name in "abcd"}
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
REFUSED_FILTERS = [
    ({"defaultValue": 0, "dimensions": {"a": "$.a"}}, "with dimensions cannot have a default value"),
    ({"dimensions": FOUR}, "at most 3 dimensions, not 4"),
    ({"dimensions": {"a": "constant"}}, "must be the selector of a field, not constant"),
    ({"value": "latency"}, "must be a number or the selector of a field, not latency"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED_FILTERS)
def test_invalid_filter_is_refused(changes, reason):
    """A filter that cloudwatch logs refuses is refused."""
    assert reason in refusal("", [transformation(**{"value": "1"} | changes)])


def test_filter_has_one_transformation():
    """A filter has one transformation and a readable pattern."""
    assert "exactly one" in refusal("", [])
    assert "cannot read" in refusal('"open', [transformation()])
    assert refusal("{ $.a = 1 }", [transformation("$.a", dimensions={"b": "$.b"})]) is None
