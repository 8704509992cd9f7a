"""Endpoints' states in the table: what overlapping runs, faults and many endpoints do to them."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from lambdas.health_check.remember import remember
from lambdas.health_check.results import Result
from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.observe import StateNotKeptError, observe
from lambdas.shared.endpoint_state.table import StateTable, open_table
from lambdas.shared.guarded_http.stopwatch import Timings
from lambdas.vocabulary.endpoints import ENDPOINT, EXPIRES_AT, RECORD, Reason, State

NAME = "states"
START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
RULES = Rules()
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def table():
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName=NAME,
            KeySchema=[
                {"AttributeName": ENDPOINT, "KeyType": "HASH"},
                {"AttributeName": RECORD, "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": ENDPOINT, "AttributeType": "S"},
                {"AttributeName": RECORD, "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield open_table(NAME)


class Through:
    """A client whose named operations do something else first."""

    def __init__(self, client, **instead):
        self.client = client
        self.instead = instead

    def __getattr__(self, name):
        operation = getattr(self.client, name)
        if name not in self.instead:
            return operation

        def call(**arguments):
            return self.instead[name](operation, **arguments)

        return call


def run(table, number, *states, names=None, late=timedelta(0)):
    """One run of probes in slot `number`, as the function does it."""
    slot = START + number * FIVE_MINUTES
    at = slot + timedelta(seconds=1)
    names = names or [f"api-{index}" for index in range(len(states))]
    seen = [
        Observation(name, State(state), at, 100.0, NO_CAUSE if state == "up" else Cause("refused"))
        for name, state in zip(names, states, strict=True)
    ]
    return observe(table, seen, slot, RULES, clock=lambda: at + late)


def history(table, endpoint="api-0", until=START):
    return table.history(endpoint, until.date() - timedelta(days=89), until.date())


def test_outage_is_returned_once(table):
    """An outage is sent once and kept."""
    returned = [run(table, number, state) for number, state in enumerate(["up", "down", "down", "down", "up", "up"])]
    assert [[change.after for change in changes] for changes in returned] == [["up"], [], ["down"], [], ["up"], []]
    assert returned[4][0].downtime_seconds == 900
    found = history(table)
    assert found.current.state is State.UP
    assert [(incident.down_seconds, incident.cause.reason) for incident in found.incidents] == [(900, "refused")]
    assert found.days[0].checks == {State.UP: 3, State.DOWN: 3}


def test_a_lasting_incident_is_in_the_history(table):
    for number, state in enumerate(["up", "down", "down"]):
        run(table, number, state)
    assert [incident.end for incident in history(table).incidents] == [None]


@pytest.mark.slow
def test_ninety_days_are_kept_and_expire(table):
    for day in range(95):
        run(table, 288 * day, "up")
    today = START + timedelta(days=94)
    found = history(table, until=today)
    assert len(found.days) == 90
    assert found.days[-1].date == today.date()
    items = table.dynamodb.scan(TableName=NAME)["Items"]
    assert len(items) == 95
    expiries = [int(item[EXPIRES_AT]["N"]) for item in items]
    assert min(expiries) > (START + timedelta(days=99)).timestamp()


def test_overlapping_runs_return_change_once(table):
    """Runs that overlap lose nothing and say a change once."""
    names = [f"api-{index}" for index in range(8)]
    run(table, 0, *["up"] * 8, names=names)
    run(table, 1, *["down"] * 8, names=names)
    barrier = threading.Barrier(3)
    lock = threading.Lock()

    def atomic(operation, **arguments):
        with lock:  # DynamoDB's writes are; its stand-in's are not
            return operation(**arguments)

    shared = StateTable(Through(table.dynamodb, put_item=atomic, transact_write_items=atomic), NAME)

    def overlapping(number):
        barrier.wait()
        return run(shared, number, *["down"] * 8, names=names, late=4 * FIVE_MINUTES)

    with ThreadPoolExecutor(3) as threads:
        returned = [change for changes in threads.map(overlapping, [2, 3, 4]) for change in changes]
    assert sorted(change.endpoint for change in returned) == names
    for name in names:
        assert history(table, name).days[0].checks == {State.UP: 1, State.DOWN: 4}


def test_older_last_run_changes_nothing(table):
    """An older run that comes last changes no state."""
    run(table, 0, "up")
    run(table, 2, "up")
    assert run(table, 1, "down", late=FIVE_MINUTES) == []
    found = history(table)
    assert found.current.state is State.UP
    assert found.current.checked_at == START + 2 * FIVE_MINUTES + timedelta(seconds=1)
    assert found.days[0].checks == {State.UP: 2, State.DOWN: 1}


def test_the_same_run_twice_writes_nothing(table):
    run(table, 0, "up")
    before = table.current("api-0", START.date()).revision
    assert run(table, 0, "up") == []
    assert table.current("api-0", START.date()).revision == before


def test_failed_table_raises_then_catches_up(table):
    """A table that is down raises and the next run catches up."""
    run(table, 0, "up", "up")

    def refuse(_, **arguments):
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    for operation in ("batch_get_item", "put_item"):
        broken = StateTable(Through(table.dynamodb, **{operation: refuse}), NAME)
        with pytest.raises(StateNotKeptError, match="Could not connect"):
            run(broken, 1, "down", "down")
    run(table, 2, "down", "down")
    assert {change.after for change in run(table, 3, "down", "down")} == {"down"}


def test_failed_table_is_asked_once(table):
    """A table that is down is not asked for each endpoint."""
    asked = []

    def refuse(_, **arguments):
        asked.append(arguments)
        time.sleep(0.02)
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    broken = StateTable(Through(table.dynamodb, put_item=refuse), NAME)
    with pytest.raises(StateNotKeptError):
        run(broken, 0, *["up"] * 200)
    assert len(asked) <= 16


def test_changes_before_fault_are_returned(table):
    """What was kept before the fault is sent."""
    names = ["a", "b"]
    run(table, 0, "up", "up", names=names)
    run(table, 1, "down", "down", names=names)

    def refuse_b(operation, **arguments):
        if arguments["TransactItems"][0]["Put"]["Item"][ENDPOINT]["S"] == "b":
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "TransactWriteItems")
        return operation(**arguments)

    broken = StateTable(Through(table.dynamodb, transact_write_items=refuse_b), NAME)
    with pytest.raises(StateNotKeptError, match="slow down") as raised:
        run(broken, 2, "down", "down", names=names)
    assert [change.endpoint for change in raised.value.changes] == ["a"]
    assert [change.endpoint for change in run(table, 3, "down", "down", names=names)] == ["b"]


def test_failed_write_leaves_no_incident(table):
    """A write that dies with its incident leaves neither."""
    run(table, 0, "up")
    run(table, 1, "down")

    def die(_, **arguments):
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    with pytest.raises(StateNotKeptError):
        run(StateTable(Through(table.dynamodb, transact_write_items=die), NAME), 2, "down")
    found = history(table)
    assert (found.current.state, found.incidents) == (State.UP, ())


def test_unprocessed_keys_are_requested_again(table):
    """What a busy table leaves out is asked for again."""
    run(table, 0, *["up"] * 5)
    left_out = []

    def half(operation, *, RequestItems):  # noqa: N803 - the API's name
        keys = RequestItems[NAME]["Keys"]
        answer = operation(RequestItems={NAME: {"Keys": keys[:1], "ConsistentRead": True}})
        left_out.append(keys[1:])
        return {**answer, "UnprocessedKeys": {NAME: {"Keys": keys[1:]}} if keys[1:] else {}}

    busy = StateTable(Through(table.dynamodb, batch_get_item=half), NAME)
    assert [current.state for current in busy.currents([f"api-{index}" for index in range(5)], START.date())] == (
        [State.UP] * 5
    )
    assert len(left_out) == 5


def test_endless_unprocessed_keys_raise(table):
    """A table that leaves out forever is an error."""

    def nothing(_, *, RequestItems):  # noqa: N803 - the API's name
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    with pytest.raises(StateNotKeptError, match="left out 1 of the endpoints"):
        run(StateTable(Through(table.dynamodb, batch_get_item=nothing), NAME), 0, "up")


def test_unreadable_record_is_replaced(table):
    """A record that cannot be read is begun anew and hurts no other."""
    run(table, 0, "up", "up")
    table.dynamodb.update_item(
        TableName=NAME,
        Key={ENDPOINT: {"S": "api-0"}, RECORD: {"S": "current"}},
        UpdateExpression="SET document = :broken",
        ExpressionAttributeValues={":broken": {"S": "{}"}},
    )
    assert [change.endpoint for change in run(table, 1, "up", "up")] == ["api-0"]
    assert history(table).current.state is State.UP


@pytest.mark.parametrize("broken", ["{}", "[]", "no JSON", '{"date": [], "start": 7}', "null"])
def test_unreadable_day_affects_nothing_else(table, broken):
    """One unreadable day or incident costs nothing else."""
    for number, state in enumerate(["up", "down", "down", "up"]):
        run(table, number, state)
    for record in ("day#2026-03-09", "day#2026-03-10", "incident#2026-03-01T00:00:00+00:00"):
        item = {ENDPOINT: {"S": "api-0"}, RECORD: {"S": record}, "document": {"S": broken}}
        table.dynamodb.put_item(TableName=NAME, Item=item)
    found = history(table)
    assert [day.date for day in found.days] == [START.date()]
    assert [incident.down_seconds for incident in found.incidents] == [600]
    # A late run counts in the day that cannot be read: it is begun anew.
    late = START - timedelta(days=1)
    observe(table, [Observation("api-0", State.UP, late, 100.0)], late, RULES, clock=lambda: START + timedelta(hours=1))
    assert [day.date for day in history(table).days] == [late.date(), START.date()]


def test_ongoing_incident_shows_present_state(table):
    """Lasting incident is shown as it is now and not as it was written."""
    for number in range(12):
        run(table, number, "down" if number % 2 else "up")
    item = table.dynamodb.scan(TableName=NAME)["Items"]
    (written,) = [json.loads(each["document"]["S"]) for each in item if each[RECORD]["S"].startswith("incident#")]
    (shown,) = history(table).incidents
    assert (written["times_down"], shown.times_down) == (5, 6)
    assert shown.end is None


def test_old_records_with_checks_are_read(table):
    """Records from before checks had a place of their own are read."""
    day = '{"date": "2026-03-10", "checks": {"degraded": 2}, "seconds": {}, "slots": "3", "latencies": %s}'
    day %= '{"count": 0, "total": 0, "highest": 0, "buckets": {}}'
    incident = (
        '{"start": "2026-03-10T07:50:00+00:00", "worst": "degraded", "reason": "database, https://u:pw@x/",'
        ' "end": null, "down_seconds": 0.0}'
    )
    current = (
        f'{{"day": {day}, "state": "degraded", "since": "2026-03-10T07:50:00+00:00",'
        ' "checked_at": "2026-03-10T07:55:00+00:00", "latency_ms": 9.0, "reason": "database, https://u:pw@x/",'
        ' "recent": [["2026-03-10T07:50:00+00:00", "degraded"], ["2026-03-10T07:55:00+00:00", "degraded"]],'
        f' "incident": {incident}}}'
    )
    for record, document in {"current": current, "incident#2026-03-10T07:50:00+00:00": incident}.items():
        item = {ENDPOINT: {"S": "api-0"}, RECORD: {"S": record}, "document": {"S": document}, "revision": {"N": "4"}}
        table.dynamodb.put_item(TableName=NAME, Item=item)
    run(table, 0, "up")
    found = history(table)
    assert [(each.cause, each.end) for each in found.incidents] == [
        (Cause("", ("database",)), START + timedelta(seconds=1))
    ]


@pytest.mark.slow
def test_a_thousand_endpoints_are_kept(table):
    names = [f"api-{index}" for index in range(1000)]
    run(table, 0, *["up"] * 1000, names=names)
    assert {current.state for current in table.currents(names, START.date())} == {State.UP}


def test_record_fits_one_write_unit(table):
    """An endpoints record stays below one write unit."""
    for number in range(288):
        run(table, number, "degraded" if number % 7 else "down", names=["x" * 40])
    item = table.dynamodb.get_item(TableName=NAME, Key={ENDPOINT: {"S": "x" * 40}, RECORD: {"S": "current"}})["Item"]
    size = sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())
    assert size < 1024


def test_failing_table_stops_nothing(table):
    """A failing table does not stop the check."""

    def refuse(_, **arguments):
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    broken = StateTable(Through(table.dynamodb, batch_get_item=refuse), NAME)
    remember(broken, [Result("api", State.UP, START)], START, RULES)


def test_check_is_known_without_details(table):
    """What a check found is known without its details."""
    timings = Timings(total=9)
    results = [
        Result("down", State.DOWN, START, reason=Reason.REFUSED, detail="10.1.2.3:443 refused", timings=timings),
        Result("degraded", State.DEGRADED, START, failing_checks=("db 10.1.2.3", "queue"), timings=timings),
    ]
    for number in range(2):
        at = START + number * FIVE_MINUTES
        remember(table, [replace(result, checked_at=at) for result in results], at, RULES)
    known = {name: table.current(name, START.date()) for name in ("down", "degraded")}
    assert [known[name].cause for name in known] == [Cause("refused"), Cause("", ("db …", "queue"))]
    assert [known[name].latency_ms for name in known] == [None, 9]  # a failure's time is nobody's response time
    assert [known[name].day.latencies.count for name in known] == [0, 2]
    assert "10.1.2.3" not in str(table.dynamodb.scan(TableName=NAME)["Items"])
