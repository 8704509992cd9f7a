"""Gathering and delivering: one message of many, none lost, none twice, whatever dies or hangs in between."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from lambdas.notify.channel import Channel, Store
from lambdas.notify.deliver import FIRST_RETRY, LEASE, LOOK_AGAIN, SLOWEST_RETRY, Deliverer
from lambdas.notify.errors import PermanentError, RetryError
from lambdas.notify.gather import Gatherer
from lambdas.notify.notify import Notifier
from lambdas.notify.queue import Queue
from lambdas.notify.settings import Settings
from lambdas.notify.table import NoticeTable
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import (
    DISPATCH,
    IDENTIFIER,
    RECORD,
    Change,
    Notice,
    Outcome,
    delivery_record,
    identifier_of,
)
from tests.unit.lambdas.notify.samples import alarm, crossed, envelope, trigger

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
TABLE = "notices"
CHAT = Channel("chat", "slack_webhook", tuple(Level), Store.SECRET, "chat")
PAGER = Channel("pager", "pagerduty", (Level.CRITICAL,), Store.SECRET, "pager")
SETTINGS = Settings(
    "prod",
    TABLE,
    "url",
    (),
    timedelta(seconds=10),
    timedelta(seconds=60),
    new_alarm=timedelta(minutes=45),
    give_up=timedelta(minutes=60),
)


class DiedError(Exception):
    """The function was ended at this point."""


@dataclass
class World:
    """Time, a queue that keeps its delays, and channels that take or refuse what they are told."""

    table: NoticeTable
    moment: datetime = START
    queued: list = field(default_factory=list)
    """(due, body), in the order in which they were sent."""
    told: list = field(default_factory=list)
    """(channel, texts)."""
    faults: dict = field(default_factory=dict)
    """What a channel raises."""
    sends_until_death: int | None = None

    def clock(self):
        return self.moment

    def send_message(self, *, QueueUrl, MessageBody, DelaySeconds):  # noqa: N803 - boto3's names
        if self.sends_until_death is not None:
            self.sends_until_death -= 1
            if self.sends_until_death < 0:
                raise DiedError
        self.queued.append((self.moment + timedelta(seconds=DelaySeconds), MessageBody))

    def send(self, channel, message):
        if fault := self.faults.get(channel.name):
            raise fault
        self.told.append((channel.name, [line.text for line in message.lines], message.identifier))

    def notifier(self):
        queue = Queue(self, "url")
        channels = {channel.name: channel for channel in (CHAT, PAGER)}
        return Notifier(
            Gatherer(SETTINGS, tuple(channels.values()), self.table, queue, self.clock),
            Deliverer(SETTINGS, channels, self.table, queue, self.send, self.clock),
        )

    def receive(self, *bodies):
        """Invoke the function with these messages; returns those that are to come again."""
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        failed = self.notifier().handle_all(records)["batchItemFailures"]
        return [bodies[int(one["itemIdentifier"])] for one in failed]

    def publish(self, *notices):
        return self.receive(*[json.dumps(envelope(notice.to_json(), topic(notice.level))) for notice in notices])

    def run(self, seconds):
        """Let time pass and the queue deliver what is due; what failed comes again after the visibility timeout."""
        until, turns = self.moment + timedelta(seconds=seconds), 0
        while due := [message for message in sorted(self.queued, key=lambda one: one[0]) if message[0] <= until]:
            self.queued.remove(due[0])
            turns += 1
            assert turns < 200, "the function keeps itself busy"
            self.moment = max(self.moment, due[0][0])
            self.queued += [(self.moment + timedelta(seconds=180), body) for body in self.receive(due[0][1])]
        self.moment = until

    def told_to(self, name):
        return [texts for channel, texts, _ in self.told if channel == name]


def topic(level):
    return f"arn:aws:sns:eu-central-1:111122223333:junkos-prod-alerts-{level}"


def raised(key="a", level=Level.HIGH, at=START, **fields):
    return Notice(key, level, Change.RAISED, f"{key} is bad", at, **fields)


def recovered(key="a", level=Level.HIGH, at=START, **fields):
    return Notice(key, level, Change.RECOVERED, f"{key} is bad", at, **fields)


def item(world, record, identifier):
    key = {RECORD: {"S": record}, IDENTIFIER: {"S": identifier}}
    return world.table.dynamodb.get_item(TableName=TABLE, Key=key).get("Item", {})


def failures(output):
    """The channels of which CHANNEL_FAILED was published."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{") and "_aws" in line]
    return [line["channel"] for line in lines if "channel_failed" in line]


@pytest.fixture
def world():
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        keys = [(RECORD, "HASH"), (IDENTIFIER, "RANGE")]
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )
        yield World(NoticeTable(dynamodb, TABLE))


def test_forty_notices_in_a_minute_are_one_message(world):
    for number in range(40):
        assert world.publish(raised(f"k{number:02}", at=START + timedelta(seconds=number))) == []
        world.run(1)
    world.run(60)
    ((lines),) = world.told_to("chat")
    assert lines == [f"HIGH: k{number:02} is bad" for number in range(40)]


def test_more_than_a_transaction_holds_is_still_one_message(world):
    for start in range(0, 130, 10):
        world.publish(*[raised(f"k{number:03}") for number in range(start, start + 10)])
    world.run(70)
    (lines,) = world.told_to("chat")
    assert len(lines) == 130


def test_a_critical_notice_waits_for_seconds_only_and_takes_along_what_waits(world):
    world.publish(raised("small"))
    world.run(5)
    world.publish(raised("big", Level.CRITICAL))
    world.run(9)
    assert world.told == []
    world.run(1)
    assert world.told_to("chat") == [["CRITICAL: big is bad", "HIGH: small is bad"]]
    world.run(120)
    assert len(world.told_to("chat")) == 1


def test_a_channel_is_told_its_levels_only(world):
    world.publish(raised("small"), raised("big", Level.CRITICAL))
    world.run(70)
    assert world.told_to("pager") == [["CRITICAL: big is bad"]]


def test_a_copy_of_a_notice_is_not_told_again_at_once_or_later(world):
    notice = raised()
    world.publish(notice, notice)
    world.run(70)
    world.publish(notice)
    world.run(70)
    assert world.told_to("chat") == [["HIGH: a is bad"]]


def test_what_comes_and_goes_within_the_window_is_one_line(world):
    world.publish(raised())
    world.run(40)
    world.publish(recovered(at=START + timedelta(seconds=40)))
    world.run(60)
    assert world.told_to("chat") == [["Was high for 40 s: a is bad"]]


def test_a_recovery_says_how_long_it_lasted(world):
    world.publish(raised())
    world.run(3600)
    world.publish(recovered(at=START + timedelta(hours=1)))
    world.run(70)
    assert world.told_to("chat") == [["HIGH: a is bad"], ["Recovered after 1 h: a is bad"]]


def test_a_new_alarm_that_is_fine_is_not_told(world):
    fine = alarm(NewStateValue="OK", OldStateValue="INSUFFICIENT_DATA")
    assert world.receive(json.dumps(envelope(fine))) == []
    world.run(70)
    assert world.told == []


def without_data(**changes):
    """A new alarm that takes missing data as breaching, as CloudWatch evaluates it first."""
    return json.dumps(
        envelope(
            alarm(
                **{
                    "OldStateValue": "INSUFFICIENT_DATA",
                    "NewStateReason": "Threshold Crossed: no datapoints were received for 1 period and 1 missing"
                    " datapoint was treated as [Breaching].",
                    "StateChangeTime": "2026-11-24T12:00:00.000+0000",
                    **changes,
                }
            ),
            topic(Level.CRITICAL),
        )
    )


def test_a_new_alarm_that_gets_its_data_in_time_is_not_told(world):
    world.receive(without_data())
    world.run(30 * 60)
    fine = {"NewStateValue": "OK", "OldStateValue": "ALARM", "StateChangeTime": "2026-11-24T12:30:00.000+0000"}
    world.receive(without_data(**fine))
    world.run(3600)
    assert world.told == []
    assert world.queued == []


def test_a_new_alarm_that_stays_without_data_is_told_once_when_its_time_is_over(world):
    world.receive(without_data())
    world.run(45 * 60 - 1)
    assert world.told == []
    world.run(60)
    assert world.told_to("chat") == [
        ["CRITICAL: Connections are running out: connections_used of junkos: no data for 5 min"]
    ]
    world.run(3600)
    assert len(world.told_to("chat")) == 1


@pytest.mark.parametrize(
    "changes", [{"OldStateValue": "OK"}, {"NewStateReason": crossed("93.0")}], ids=["not new", "a bad value"]
)
def test_an_alarm_that_is_not_new_or_has_a_bad_value_is_told_at_once(world, changes):
    world.receive(without_data(**changes))
    world.run(11)
    assert len(world.told_to("chat")) == 1


def test_what_turns_bad_while_its_new_alarm_is_held_back_is_told_at_once_and_once(world):
    world.receive(without_data())
    fine = {"NewStateValue": "OK", "OldStateValue": "ALARM", "StateChangeTime": "2026-11-24T12:10:00.000+0000"}
    bad = {"OldStateValue": "OK", "NewStateReason": crossed("93.0"), "StateChangeTime": "2026-11-24T12:20:00.000+0000"}
    for changes in (fine, bad):
        world.run(600)
        world.receive(without_data(**changes))
    world.run(11)
    assert len(world.told_to("chat")) == 1
    world.run(3600)
    assert len(world.told_to("chat")) == 1


def test_a_passing_fault_is_tried_again_later_each_time_and_then_told_once(world, capsys):
    world.faults["chat"] = RetryError("answered 503")
    world.publish(raised())
    world.run(60)
    waits = []
    for _ in range(4):
        ((due, _),) = world.queued
        waits.append((due - world.moment).total_seconds())
        world.run(waits[-1])
    assert all(0.5 * 5 * 2**n <= wait <= 5 * 2**n + 1 for n, wait in enumerate(waits)), waits
    world.faults.clear()
    world.run(600)
    assert world.told_to("chat") == [["HIGH: a is bad"]]
    assert failures(capsys.readouterr().out) == []


def test_a_channel_is_left_alone_for_as_long_as_it_asks(world):
    world.faults["chat"] = RetryError("answered 429", after=500)
    world.publish(raised())
    world.run(61)
    world.faults.clear()
    world.publish(raised("b", at=world.moment))
    world.run(490)
    assert world.told == []
    world.run(30)
    assert world.told_to("chat") == [["HIGH: a is bad", "HIGH: b is bad"]]


@pytest.mark.parametrize("asked", [604_800, 1e18, float("inf")])
def test_a_channel_that_asks_for_more_than_the_slowest_retry_does_not_get_it(world, asked):
    world.faults["chat"] = RetryError("answered 503", after=asked)
    world.publish(raised())
    world.run(61)
    world.faults.clear()
    world.run(SLOWEST_RETRY.total_seconds())
    assert world.told_to("chat") == [["HIGH: a is bad"]]


def test_a_channel_that_was_dead_is_told_once_and_in_order_when_it_is_back(world):
    world.faults["chat"] = RetryError("no answer")
    world.publish(raised(), raised("b"))
    world.run(300)
    world.publish(recovered(at=START + timedelta(minutes=5)))
    world.run(120)
    world.faults.clear()
    world.run(600)
    assert world.told_to("chat") == [["HIGH: b is bad", "Was high for 5 min: a is bad"]]


def test_a_dead_channel_holds_up_no_other(world):
    world.faults["chat"] = RetryError("no answer")
    world.publish(raised("big", Level.CRITICAL))
    world.run(10)
    assert world.told_to("pager") == [["CRITICAL: big is bad"]]


def test_what_a_channel_refuses_is_given_up_and_alarmed_and_the_next_is_told_again(world, capsys):
    world.faults["chat"] = PermanentError("answered 410")
    world.publish(raised())
    world.run(70)
    assert failures(capsys.readouterr().out) == ["chat"]
    dispatch = item(world, "notice", identifier_of(raised()))[DISPATCH]["S"]
    assert item(world, delivery_record(dispatch), "chat")["outcome"]["S"] == Outcome.REFUSED
    world.faults.clear()
    world.publish(raised("b", at=world.moment))
    world.run(70)
    assert world.told_to("chat") == [["HIGH: b is bad"]]


def test_a_channel_that_stays_dead_is_given_up_after_an_hour_and_alarmed_once(world, capsys):
    world.faults["chat"] = RetryError("no answer")
    world.publish(raised())
    world.run(3600)
    assert failures(capsys.readouterr().out) == []
    world.run(1200)
    assert failures(capsys.readouterr().out) == ["chat"]
    assert world.queued == []


def test_what_a_channel_took_of_a_message_is_not_sent_again(world, capsys):
    world.faults["pager"] = RetryError("answered 503 (1 of 2 requests failed)", keys=["b"])
    world.publish(raised("a", Level.CRITICAL), raised("b", Level.CRITICAL))
    world.run(11)
    world.faults.clear()
    world.run(9)
    world.publish(recovered("a", Level.CRITICAL, at=START + timedelta(seconds=20)))
    world.run(600)
    assert world.told_to("pager") == [["CRITICAL: b is bad"], ["Recovered after 20 s: a is bad"]]
    assert failures(capsys.readouterr().out) == []


def test_what_a_channel_refuses_of_a_message_is_lost_alone(world, capsys, caplog):
    world.faults["pager"] = PermanentError("answered 400 (1 of 2 requests failed)", keys=["b"])
    world.publish(raised("a", Level.CRITICAL))
    world.run(5)
    world.publish(raised("b", Level.CRITICAL))
    world.run(11)
    assert failures(capsys.readouterr().out) == ["pager"]
    assert [record.lost for record in caplog.records if record.message == "not delivered"] == [["b is bad"]]
    assert world.table.outbox("pager") == []


def test_a_dispatch_of_which_all_was_taken_is_recorded_so_though_another_waits(world):
    world.faults["pager"] = RetryError("answered 503")
    world.publish(raised("a", Level.CRITICAL))
    world.run(11)
    world.faults["pager"] = RetryError("answered 503 (1 of 2 requests failed)", keys=["b"])
    world.publish(raised("b", Level.CRITICAL, at=world.moment))
    world.run(60)
    first = item(world, "notice", identifier_of(raised("a", Level.CRITICAL)))[DISPATCH]["S"]
    assert item(world, delivery_record(first), "pager")["outcome"]["S"] == Outcome.DELIVERED
    (left,) = world.table.outbox("pager")
    assert [notice.key for notice in left.notices] == ["b"]


def test_what_cannot_be_rendered_is_given_up_and_alarmed_and_the_next_is_told(world, capsys, caplog):
    world.faults["chat"] = ValueError("https://hooks.example/secret")
    world.publish(raised())
    world.run(4800)
    assert failures(capsys.readouterr().out) == ["chat"]
    (reason,) = {record.reason for record in caplog.records if record.message in ("put off", "not delivered")}
    assert re.fullmatch(r"a fault of notify: ValueError in test_delivery.py, line \d+", reason)
    world.faults.clear()
    world.publish(raised("b", at=world.moment))
    world.run(70)
    assert world.told_to("chat") == [["HIGH: b is bad"]]


def test_the_alarm_on_a_channel_is_not_told_on_that_channel(world):
    about = trigger(MetricName="channel_failed", Dimensions=[{"name": "channel", "value": "chat"}])
    world.receive(json.dumps(envelope(alarm(Trigger=about), topic(Level.CRITICAL))))
    world.run(70)
    assert world.told_to("chat") == []
    assert len(world.told_to("pager")) == 1


def test_a_message_that_cannot_be_read_comes_again_and_holds_up_none(world):
    good = json.dumps(envelope(raised().to_json(), topic(Level.HIGH)))
    assert world.receive("poison", good) == ["poison"]
    world.run(70)
    assert world.told_to("chat") == [["HIGH: a is bad"]]


def test_a_notice_about_a_thing_with_an_endless_name_holds_up_none(world):
    """DynamoDB takes sort keys of 1 024 bytes; five names of alarms, or one in another script, have more."""
    endless = "DeleteAlarms of " + ", ".join(f"junkos-prod-{'é' * 243}" for _ in range(5))
    world.publish(raised(endless, at=START), raised("b"))
    world.run(70)
    world.publish(recovered(endless, at=world.moment))
    world.run(70)
    assert [len(texts) for texts in world.told_to("chat")] == [2, 1]
    assert world.told_to("chat")[1][0].startswith("Recovered after 1 min: ")


@pytest.mark.parametrize("sends", range(5))
def test_wherever_the_function_dies_nothing_is_lost_or_told_twice(world, sends):
    """It dies at its first, second … message to the queue: before a window is open, before channels are called."""
    world.sends_until_death = sends
    body = json.dumps(envelope(raised("big", Level.CRITICAL).to_json(), topic(Level.CRITICAL)))
    world.queued.append((world.moment, body))
    for _ in range(60):
        world.run(10)
        if world.sends_until_death is not None and world.sends_until_death < 0:
            world.sends_until_death = None
    assert world.told_to("chat") == [["CRITICAL: big is bad"]]
    assert world.told_to("pager") == [["CRITICAL: big is bad"]]


@pytest.mark.parametrize("step", ["keep", "open_window", "close_window", "dispatch", "outbox"])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_dying_before_or_after_any_write_loses_nothing_and_tells_nothing_twice(world, monkeypatch, step, late):
    alive = getattr(NoticeTable, step)

    def dies(self, *arguments):
        monkeypatch.setattr(NoticeTable, step, alive)
        if late:
            alive(self, *arguments)
        raise DiedError

    monkeypatch.setattr(NoticeTable, step, dies)
    world.queued.append((world.moment, json.dumps(envelope(raised().to_json(), topic(Level.HIGH)))))
    world.run(600)
    assert world.told_to("chat") == [["HIGH: a is bad"]]


def test_dying_after_a_channel_took_it_sends_the_same_delivery_again(world, monkeypatch):
    acknowledge = NoticeTable.acknowledge

    def dies(*_):
        monkeypatch.setattr(NoticeTable, "acknowledge", acknowledge)
        raise DiedError

    monkeypatch.setattr(NoticeTable, "acknowledge", dies)
    world.publish(raised())
    world.run(600)
    assert world.told_to("chat") == [["HIGH: a is bad"]] * 2
    assert len({identifier for _, _, identifier in world.told}) == 1


def test_while_one_tells_a_channel_another_looks_again_later(world):
    world.table.lease("chat", world.moment, world.moment + LEASE)  # and dies
    world.publish(raised())
    world.run(70)
    assert world.told_to("chat") == [["HIGH: a is bad"]]  # the lease ended after 60 s
    world.table.lease("chat", world.moment, world.moment + LEASE)
    world.publish(raised("b", Level.CRITICAL, at=world.moment))
    world.run(30)
    assert world.told_to("pager") == [["CRITICAL: b is bad"]]
    assert len(world.told_to("chat")) == 1
    world.run(40)
    assert world.told_to("chat")[1:] == [["CRITICAL: b is bad"]]


def test_two_flushes_at_once_tell_everything_once(world, monkeypatch):
    world.publish(raised("a"), raised("b", Level.LOW))
    flushes = [body for _, body in world.queued]
    assert len(flushes) == 2
    world.queued.clear()
    world.moment += timedelta(seconds=60)
    waiting = NoticeTable.waiting

    def waiting_while_another_flushes(table):
        monkeypatch.setattr(NoticeTable, "waiting", waiting)
        seen = waiting(table)
        world.receive(flushes[1])
        return seen

    monkeypatch.setattr(NoticeTable, "waiting", waiting_while_another_flushes)
    assert world.receive(flushes[0]) == []
    world.run(30)
    assert world.told_to("chat") == [["HIGH: a is bad", "LOW: b is bad"]]


def test_a_window_whose_flush_was_lost_is_followed_by_another(world):
    world.publish(raised())
    world.queued.clear()
    world.run(600)
    world.publish(raised("b", at=world.moment))
    world.run(70)
    assert world.told_to("chat") == [["HIGH: a is bad", "HIGH: b is bad"]]


def test_a_channel_that_is_no_longer_in_the_settings_is_not_asked_for_ever(world):
    assert world.receive('{"deliver": {"channel": "gone", "attempt": 0}}') == []
    assert world.queued == []


def test_looking_again_and_retrying_are_far_shorter_than_the_lease():
    assert max(LOOK_AGAIN, FIRST_RETRY) * 4 < LEASE
