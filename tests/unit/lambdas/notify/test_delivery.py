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
from lambdas.notify.gather import Gatherer
from lambdas.notify.notify import Notifier
from lambdas.notify.queue import Queue
from lambdas.notify.quiet_hours import QuietHours
from lambdas.notify.settings import Settings
from lambdas.notify.table import NoticeTable
from lambdas.shared.alert_tests import AlertTest, last_alert_test
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import (
    DISPATCH,
    EXPIRES_AT,
    IDENTIFIER,
    RECORD,
    TEST_ALERT,
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
class Simulation:
    """Time, a queue that keeps its delays, and channels that take or refuse what they are sent."""

    table: NoticeTable
    moment: datetime = START
    queued: list = field(default_factory=list)
    """(due, body), in the order in which they were sent."""
    delivered: list = field(default_factory=list)
    """(channel, texts)."""
    faults: dict = field(default_factory=dict)
    """What a channel raises."""
    sends_until_death: int | None = None
    quiet: QuietHours | None = None

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
        self.delivered.append((channel.name, [line.text for line in message.lines], message.identifier))

    def notifier(self):
        queue = Queue(self, "url")
        channels = {channel.name: channel for channel in (CHAT, PAGER)}
        return Notifier(
            Gatherer(SETTINGS, tuple(channels.values()), self.table, queue, self.clock, self.quiet),
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

    def delivered_to(self, name):
        return [texts for channel, texts, _ in self.delivered if channel == name]


def topic(level):
    return f"arn:aws:sns:eu-central-1:111122223333:junkos-prod-alerts-{level}"


def raised(key="a", level=Level.HIGH, at=START, **fields):
    return Notice(key, level, Change.RAISED, f"{key} is bad", at, **fields)


def recovered(key="a", level=Level.HIGH, at=START, **fields):
    return Notice(key, level, Change.RECOVERED, f"{key} is bad", at, **fields)


def item(simulation, record, identifier):
    key = {RECORD: {"S": record}, IDENTIFIER: {"S": identifier}}
    return simulation.table.dynamodb.get_item(TableName=TABLE, Key=key).get("Item", {})


def failures(output):
    """The channels of which CHANNEL_FAILED was published."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{") and "_aws" in line]
    return [line["channel"] for line in lines if "channel_failed" in line]


@pytest.fixture
def simulation():
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        keys = [(RECORD, "HASH"), (IDENTIFIER, "RANGE")]
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )
        yield Simulation(NoticeTable(dynamodb, TABLE))


def test_forty_notices_are_one_message(simulation):
    """Forty notices in a minute are one message."""
    for number in range(40):
        assert simulation.publish(raised(f"k{number:02}", at=START + timedelta(seconds=number))) == []
        simulation.run(1)
    simulation.run(60)
    ((lines),) = simulation.delivered_to("chat")
    assert lines == [f"HIGH: k{number:02} is bad" for number in range(40)]


@pytest.mark.slow
def test_large_batches_are_one_message(simulation):
    """More than a transaction holds is still one message."""
    for start in range(0, 130, 10):
        simulation.publish(*[raised(f"k{number:03}") for number in range(start, start + 10)])
    simulation.run(70)
    (lines,) = simulation.delivered_to("chat")
    assert len(lines) == 130


def test_critical_notice_takes_others_along(simulation):
    """A critical notice waits for seconds only and takes along what waits."""
    simulation.publish(raised("small"))
    simulation.run(5)
    simulation.publish(raised("big", Level.CRITICAL))
    simulation.run(9)
    assert simulation.delivered == []
    simulation.run(1)
    assert simulation.delivered_to("chat") == [["CRITICAL: big is bad", "HIGH: small is bad"]]
    simulation.run(120)
    assert len(simulation.delivered_to("chat")) == 1


def test_channel_gets_its_levels(simulation):
    """A channel is sent its levels only."""
    simulation.publish(raised("small"), raised("big", Level.CRITICAL))
    simulation.run(70)
    assert simulation.delivered_to("pager") == [["CRITICAL: big is bad"]]


def test_copied_notice_is_sent_once(simulation):
    """A copy of a notice is not sent again at once or later."""
    notice = raised()
    simulation.publish(notice, notice)
    simulation.run(70)
    simulation.publish(notice)
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]]


def test_flapping_in_window_is_one_line(simulation):
    """What comes and goes within the window is one line."""
    simulation.publish(raised())
    simulation.run(40)
    simulation.publish(recovered(at=START + timedelta(seconds=40)))
    simulation.run(60)
    assert simulation.delivered_to("chat") == [["Was high for 40 s: a is bad"]]


def test_a_recovery_says_how_long_it_lasted(simulation):
    simulation.publish(raised())
    simulation.run(3600)
    simulation.publish(recovered(at=START + timedelta(hours=1)))
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"], ["Recovered after 1 h: a is bad"]]


def test_new_healthy_alarm_is_not_sent(simulation):
    """A new alarm that is fine is not sent."""
    fine = alarm(NewStateValue="OK", OldStateValue="INSUFFICIENT_DATA")
    assert simulation.receive(json.dumps(envelope(fine))) == []
    simulation.run(70)
    assert simulation.delivered == []


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


def test_new_alarm_with_data_is_dropped(simulation):
    """A new alarm that gets its data in time is not sent."""
    simulation.receive(without_data())
    simulation.run(30 * 60)
    fine = {"NewStateValue": "OK", "OldStateValue": "ALARM", "StateChangeTime": "2026-11-24T12:30:00.000+0000"}
    simulation.receive(without_data(**fine))
    simulation.run(3600)
    assert simulation.delivered == []
    assert simulation.queued == []


def test_new_alarm_without_data_is_sent(simulation):
    """A new alarm that stays without data is sent once when its time is over."""
    simulation.receive(without_data())
    simulation.run(45 * 60 - 1)
    assert simulation.delivered == []
    simulation.run(60)
    assert simulation.delivered_to("chat") == [
        ["CRITICAL: Connections are running out: connections_used of junkos: no data for 5 min"]
    ]
    simulation.run(3600)
    assert len(simulation.delivered_to("chat")) == 1


@pytest.mark.parametrize(
    "changes", [{"OldStateValue": "OK"}, {"NewStateReason": crossed("93.0")}], ids=["not new", "a bad value"]
)
def test_old_or_bad_alarm_is_immediate(simulation, changes):
    """An alarm that is not new or has a bad value is sent at once."""
    simulation.receive(without_data(**changes))
    simulation.run(11)
    assert len(simulation.delivered_to("chat")) == 1


def test_deferred_alarm_turning_bad_is_sent(simulation):
    """What turns bad while its new alarm is held back is sent at once and once."""
    simulation.receive(without_data())
    fine = {"NewStateValue": "OK", "OldStateValue": "ALARM", "StateChangeTime": "2026-11-24T12:10:00.000+0000"}
    bad = {"OldStateValue": "OK", "NewStateReason": crossed("93.0"), "StateChangeTime": "2026-11-24T12:20:00.000+0000"}
    for changes in (fine, bad):
        simulation.run(600)
        simulation.receive(without_data(**changes))
    simulation.run(11)
    assert len(simulation.delivered_to("chat")) == 1
    simulation.run(3600)
    assert len(simulation.delivered_to("chat")) == 1


def test_temporary_failure_is_retried(simulation, capsys):
    """A passing fault is tried again later each time and then sent once."""
    simulation.faults["chat"] = RetryError("answered 503")
    simulation.publish(raised())
    simulation.run(60)
    waits = []
    for _ in range(4):
        ((due, _),) = simulation.queued
        waits.append((due - simulation.moment).total_seconds())
        simulation.run(waits[-1])
    assert all(0.5 * 5 * 2**n <= wait <= 5 * 2**n + 1 for n, wait in enumerate(waits)), waits
    simulation.faults.clear()
    simulation.run(600)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]]
    assert failures(capsys.readouterr().out) == []


def test_retry_after_is_respected(simulation):
    """A channel is left alone for as long as it asks."""
    simulation.faults["chat"] = RetryError("answered 429", after=500)
    simulation.publish(raised())
    simulation.run(61)
    simulation.faults.clear()
    simulation.publish(raised("b", at=simulation.moment))
    simulation.run(490)
    assert simulation.delivered == []
    simulation.run(30)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad", "HIGH: b is bad"]]


@pytest.mark.parametrize("asked", [604_800, 1e18, float("inf")])
def test_long_retry_after_is_capped(simulation, asked):
    """A channel that asks for more than the slowest retry does not get it."""
    simulation.faults["chat"] = RetryError("answered 503", after=asked)
    simulation.publish(raised())
    simulation.run(61)
    simulation.faults.clear()
    simulation.run(SLOWEST_RETRY.total_seconds())
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]]


def test_recovered_channel_gets_backlog_in_order(simulation):
    """A channel that was dead is sent once and in order when it is back."""
    simulation.faults["chat"] = RetryError("no answer")
    simulation.publish(raised(), raised("b"))
    simulation.run(300)
    simulation.publish(recovered(at=START + timedelta(minutes=5)))
    simulation.run(120)
    simulation.faults.clear()
    simulation.run(600)
    assert simulation.delivered_to("chat") == [["HIGH: b is bad", "Was high for 5 min: a is bad"]]


def test_a_dead_channel_holds_up_no_other(simulation):
    simulation.faults["chat"] = RetryError("no answer")
    simulation.publish(raised("big", Level.CRITICAL))
    simulation.run(10)
    assert simulation.delivered_to("pager") == [["CRITICAL: big is bad"]]


def test_refused_message_is_given_up(simulation, capsys):
    """What a channel refuses is given up and alarmed and the next is sent again."""
    simulation.faults["chat"] = PermanentError("answered 410")
    simulation.publish(raised())
    simulation.run(70)
    assert failures(capsys.readouterr().out) == ["chat"]
    dispatch = item(simulation, "notice", identifier_of(raised()))[DISPATCH]["S"]
    assert item(simulation, delivery_record(dispatch), "chat")["outcome"]["S"] == Outcome.REFUSED
    simulation.faults.clear()
    simulation.publish(raised("b", at=simulation.moment))
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: b is bad"]]


def test_dead_channel_is_given_up(simulation, capsys):
    """A channel that stays dead is given up after an hour and alarmed once."""
    simulation.faults["chat"] = RetryError("no answer")
    simulation.publish(raised())
    simulation.run(3600)
    assert failures(capsys.readouterr().out) == []
    simulation.run(1200)
    assert failures(capsys.readouterr().out) == ["chat"]
    assert simulation.queued == []


def test_accepted_parts_are_not_resent(simulation, capsys):
    """What a channel took of a message is not sent again."""
    simulation.faults["pager"] = RetryError("answered 503 (1 of 2 requests failed)", keys=["b"])
    simulation.publish(raised("a", Level.CRITICAL), raised("b", Level.CRITICAL))
    simulation.run(11)
    simulation.faults.clear()
    simulation.run(9)
    simulation.publish(recovered("a", Level.CRITICAL, at=START + timedelta(seconds=20)))
    simulation.run(600)
    assert simulation.delivered_to("pager") == [["CRITICAL: b is bad"], ["Recovered after 20 s: a is bad"]]
    assert failures(capsys.readouterr().out) == []


def test_only_refused_part_is_lost(simulation, capsys, caplog):
    """What a channel refuses of a message is lost alone."""
    simulation.faults["pager"] = PermanentError("answered 400 (1 of 2 requests failed)", keys=["b"])
    simulation.publish(raised("a", Level.CRITICAL))
    simulation.run(5)
    simulation.publish(raised("b", Level.CRITICAL))
    simulation.run(11)
    assert failures(capsys.readouterr().out) == ["pager"]
    assert [record.lost for record in caplog.records if record.message == "not delivered"] == [["b is bad"]]
    assert simulation.table.outbox("pager") == []


def test_accepted_dispatch_is_recorded(simulation):
    """A dispatch of which all was taken is recorded so though another waits."""
    simulation.faults["pager"] = RetryError("answered 503")
    simulation.publish(raised("a", Level.CRITICAL))
    simulation.run(11)
    simulation.faults["pager"] = RetryError("answered 503 (1 of 2 requests failed)", keys=["b"])
    simulation.publish(raised("b", Level.CRITICAL, at=simulation.moment))
    simulation.run(60)
    first = item(simulation, "notice", identifier_of(raised("a", Level.CRITICAL)))[DISPATCH]["S"]
    assert item(simulation, delivery_record(first), "pager")["outcome"]["S"] == Outcome.DELIVERED
    (left,) = simulation.table.outbox("pager")
    assert [notice.key for notice in left.notices] == ["b"]


def test_unrenderable_message_is_given_up(simulation, capsys, caplog):
    """What cannot be rendered is given up and alarmed and the next is sent."""
    simulation.faults["chat"] = ValueError("https://hooks.example/secret")
    simulation.publish(raised())
    simulation.run(4800)
    assert failures(capsys.readouterr().out) == ["chat"]
    (reason,) = {record.reason for record in caplog.records if record.message in ("postponed", "not delivered")}
    assert re.fullmatch(r"a fault of notify: ValueError in test_delivery.py, line \d+", reason)
    simulation.faults.clear()
    simulation.publish(raised("b", at=simulation.moment))
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: b is bad"]]


def test_channel_alarm_skips_its_channel(simulation):
    """The alarm on a channel is not sent on that channel."""
    about = trigger(MetricName="channel_failed", Dimensions=[{"name": "channel", "value": "chat"}])
    simulation.receive(json.dumps(envelope(alarm(Trigger=about), topic(Level.CRITICAL))))
    simulation.run(70)
    assert simulation.delivered_to("chat") == []
    assert len(simulation.delivered_to("pager")) == 1


def test_unreadable_message_blocks_nothing(simulation):
    """A message that cannot be read comes again and holds up none."""
    good = json.dumps(envelope(raised().to_json(), topic(Level.HIGH)))
    assert simulation.receive("poison", good) == ["poison"]
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]]


def test_endless_name_blocks_nothing(simulation):
    """DynamoDB takes sort keys of 1 024 bytes; five names of alarms, or one in another script, have more."""
    endless = "DeleteAlarms of " + ", ".join(f"junkos-prod-{'é' * 243}" for _ in range(5))
    simulation.publish(raised(endless, at=START), raised("b"))
    simulation.run(70)
    simulation.publish(recovered(endless, at=simulation.moment))
    simulation.run(70)
    assert [len(texts) for texts in simulation.delivered_to("chat")] == [2, 1]
    assert simulation.delivered_to("chat")[1][0].startswith("Recovered after 1 min: ")


@pytest.mark.parametrize("sends", range(5))
def test_crash_anywhere_loses_nothing(simulation, sends):
    """It dies at its first, second … message to the queue: before a window is open, before channels are called."""
    simulation.sends_until_death = sends
    body = json.dumps(envelope(raised("big", Level.CRITICAL).to_json(), topic(Level.CRITICAL)))
    simulation.queued.append((simulation.moment, body))
    for _ in range(60):
        simulation.run(10)
        if simulation.sends_until_death is not None and simulation.sends_until_death < 0:
            simulation.sends_until_death = None
    assert simulation.delivered_to("chat") == [["CRITICAL: big is bad"]]
    assert simulation.delivered_to("pager") == [["CRITICAL: big is bad"]]


@pytest.mark.parametrize("step", ["store", "open_window", "close_window", "dispatch", "outbox"])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_crash_around_writes_loses_nothing(simulation, monkeypatch, step, late):
    """Dying before or after any write loses nothing and says nothing twice."""
    alive = getattr(NoticeTable, step)

    def dies(self, *arguments):
        monkeypatch.setattr(NoticeTable, step, alive)
        if late:
            alive(self, *arguments)
        raise DiedError

    monkeypatch.setattr(NoticeTable, step, dies)
    simulation.queued.append((simulation.moment, json.dumps(envelope(raised().to_json(), topic(Level.HIGH)))))
    simulation.run(600)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]]


def test_crash_after_delivery_resends_same(simulation, monkeypatch):
    """Dying after a channel took it sends the same delivery again."""
    acknowledge = NoticeTable.acknowledge

    def dies(*_):
        monkeypatch.setattr(NoticeTable, "acknowledge", acknowledge)
        raise DiedError

    monkeypatch.setattr(NoticeTable, "acknowledge", dies)
    simulation.publish(raised())
    simulation.run(600)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]] * 2
    assert len({identifier for _, _, identifier in simulation.delivered}) == 1


def test_concurrent_delivery_waits(simulation):
    """While one says a channel another looks again later."""
    simulation.table.lease("chat", simulation.moment, simulation.moment + LEASE)  # and dies
    simulation.publish(raised())
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad"]]  # the lease ended after 60 s
    simulation.table.lease("chat", simulation.moment, simulation.moment + LEASE)
    simulation.publish(raised("b", Level.CRITICAL, at=simulation.moment))
    simulation.run(30)
    assert simulation.delivered_to("pager") == [["CRITICAL: b is bad"]]
    assert len(simulation.delivered_to("chat")) == 1
    simulation.run(40)
    assert simulation.delivered_to("chat")[1:] == [["CRITICAL: b is bad"]]


def test_concurrent_flushes_send_once(simulation, monkeypatch):
    """Two flushes at once say everything once."""
    simulation.publish(raised("a"), raised("b", Level.LOW))
    flushes = [body for _, body in simulation.queued]
    assert len(flushes) == 2
    simulation.queued.clear()
    simulation.moment += timedelta(seconds=60)
    waiting = NoticeTable.waiting

    def waiting_while_another_flushes(table):
        monkeypatch.setattr(NoticeTable, "waiting", waiting)
        seen = waiting(table)
        simulation.receive(flushes[1])
        return seen

    monkeypatch.setattr(NoticeTable, "waiting", waiting_while_another_flushes)
    assert simulation.receive(flushes[0]) == []
    simulation.run(30)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad", "LOW: b is bad"]]


def test_lost_flush_is_repeated(simulation):
    """A window whose flush was lost is followed by another."""
    simulation.publish(raised())
    simulation.queued.clear()
    simulation.run(600)
    simulation.publish(raised("b", at=simulation.moment))
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: a is bad", "HIGH: b is bad"]]


def test_removed_channel_is_forgotten(simulation):
    """A channel that is no longer in the settings is not asked for ever."""
    assert simulation.receive('{"deliver": {"channel": "gone", "attempt": 0}}') == []
    assert simulation.queued == []


def test_lease_exceeds_all_retries():
    """Looking again and retrying are far shorter than the lease."""
    assert max(LOOK_AGAIN, FIRST_RETRY) * 4 < LEASE


NIGHT = QuietHours.of("22:00-07:00", "Europe/Berlin")
BEFORE_NIGHT = datetime(2026, 11, 24, 20, 59, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 6, tzinfo=UTC)


def in_quiet_hours(simulation, level, at):
    simulation.quiet, simulation.moment = NIGHT, at
    simulation.publish(raised(level=level, at=at))


def hours_until(moment, simulation):
    return (moment - simulation.moment).total_seconds()


def test_medium_waits_until_morning(simulation):
    in_quiet_hours(simulation, Level.MEDIUM, START + timedelta(hours=12))
    simulation.run(hours_until(MORNING, simulation) - 60)
    assert simulation.delivered == []
    simulation.run(120)
    assert simulation.delivered_to("chat") == [["MEDIUM: a is bad"]]


def test_group_is_held_over_night(simulation):
    """One that was about to be sent when quiet hours began is not forgotten."""
    in_quiet_hours(simulation, Level.LOW, BEFORE_NIGHT)
    simulation.run(hours_until(MORNING, simulation) - 60)
    assert simulation.delivered == []
    simulation.run(200)
    assert simulation.delivered_to("chat") == [["LOW: a is bad"]]


@pytest.mark.parametrize("level", [Level.CRITICAL, Level.HIGH])
def test_what_is_urgent_waits_for_no_morning(simulation, level):
    in_quiet_hours(simulation, level, START + timedelta(hours=12))
    simulation.run(70)
    assert simulation.delivered_to("chat")


def test_urgent_leaves_what_can_wait(simulation):
    in_quiet_hours(simulation, Level.MEDIUM, START + timedelta(hours=12))
    simulation.publish(raised("b", Level.HIGH, at=simulation.moment))
    simulation.run(70)
    assert simulation.delivered_to("chat") == [["HIGH: b is bad"]]


@pytest.mark.parametrize(
    ("hours", "at", "ends"),
    [
        ("22:00-07:00", "2026-11-24T20:59:59+00:00", None),
        ("22:00-07:00", "2026-11-24T21:00:00+00:00", "2026-11-25T06:00:00+00:00"),
        ("22:00-07:00", "2026-11-25T05:59:59+00:00", "2026-11-25T06:00:00+00:00"),
        ("22:00-07:00", "2026-11-25T06:00:00+00:00", None),
        ("22:00-07:00", "2026-10-24T21:00:00+00:00", "2026-10-25T06:00:00+00:00"),  # the night has an hour more
        ("01:00-05:00", "2026-11-25T00:30:00+00:00", "2026-11-25T04:00:00+00:00"),
        ("01:00-05:00", "2026-11-24T23:30:00+00:00", None),
    ],
)
def test_quiet_hours_end_by_local_clock(hours, at, ends):
    quiet = QuietHours.of(hours, "Europe/Berlin")
    assert quiet.end(datetime.fromisoformat(at), Level.LOW) == (datetime.fromisoformat(ends) if ends else None)


def expiry(written):
    return datetime.fromtimestamp(int(written[EXPIRES_AT]["N"]), UTC)


def test_test_alert_is_remembered(simulation):
    """The checklist asks for the last one, which is monthly; everything else is of use for days only."""
    tested, other = raised(f"{TEST_ALERT}prod/1", Level.CRITICAL), raised("other", Level.CRITICAL)
    simulation.faults["pager"] = PermanentError("wrong secret")
    simulation.publish(tested)
    simulation.run(60)
    simulation.publish(other)
    simulation.run(60)
    found = last_alert_test(simulation.table.dynamodb, TABLE, Level.CRITICAL, START - timedelta(days=35))
    assert found == AlertTest(START, Level.CRITICAL, {"chat": Outcome.DELIVERED, "pager": Outcome.REFUSED})
    assert found.missed(("chat", "pager", "people"), Outcome.DELIVERED) == ["pager (refused)", "people (no answer)"]
    kept, forgotten = (item(simulation, "notice", identifier_of(notice)) for notice in (tested, other))
    assert expiry(kept) > START + timedelta(days=35)
    assert expiry(forgotten) < START + timedelta(days=4)
    of_channel = item(simulation, delivery_record(kept[DISPATCH]["S"]), "chat")
    assert expiry(of_channel) > START + timedelta(days=35)


def test_test_alert_of_another_level_or_too_old_is_none(simulation):
    simulation.publish(raised(f"{TEST_ALERT}prod/1", Level.CRITICAL))
    dynamodb = simulation.table.dynamodb
    assert last_alert_test(dynamodb, TABLE, Level.HIGH, START - timedelta(days=1)) is None
    assert last_alert_test(dynamodb, TABLE, Level.CRITICAL, START + timedelta(days=1)) is None
    assert last_alert_test(dynamodb, TABLE, Level.CRITICAL, START) == AlertTest(START, Level.CRITICAL, {})
