"""Every alarm of the deployed templates: driven to ALARM by what its producer emits, told to its people, and back.

Alarms are found, not listed; one whose metric nobody emits fails by its name.
"""

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from embedded.alarm_clock import AlarmClock
from embedded.sinks.running import RunningSinks
from embedded.stage import Stage
from lambdas.vocabulary.levels import Level
from tests.e2e.fire_drill.alarms import alarms_of, names_in, templates_of
from tests.e2e.fire_drill.drill import Drill, Phase, groups_of
from tests.e2e.fire_drill.feeds import LoggedFeed, Paper
from tests.e2e.fire_drill.find_feeds import Producers
from tests.e2e.fire_drill.lines import always, good_minute, worst_minute
from tests.producers import Deployment, emissions

PATIENCE = 120.0
IDLE = 2.0  # seconds without a notice in the queue
BAND = (50.0, 150.0)  # good minutes have 20 requests each, five of them 100


@pytest.fixture(scope="module")
def alarms(stage):
    return alarms_of(stage.client("cloudwatch"))


@pytest.fixture(scope="module")
def groups(stage, alarms, templates):
    metric_alarms, _ = alarms
    group, name = stage.environment.backend_log_group, stage.environment.name
    logs = {group: LoggedFeed(group, always(good_minute(name)), always(worst_minute(name)))}
    emitted = emissions(Deployment.of(stage.environment, templates.values()))
    return groups_of(metric_alarms, Producers(stage.client, name, emitted, logs, metric_alarms))


@pytest.fixture(scope="module")
def templates(stage):
    return templates_of(stage)


def test_every_alarm_of_the_templates_is_deployed(alarms, templates):
    assert {alarm.name for kind in alarms for alarm in kind} == set(names_in(templates)) != set()


def test_somebody_emits_what_every_alarm_watches(groups):
    assert groups[1] == []


@dataclass
class People:
    """Who was told what since this was last asked."""

    stage: Stage
    sinks: RunningSinks
    seen: int = 0

    def told(self):
        """Waits until no notice is under way any more."""
        deadline, idle_since = time.monotonic() + PATIENCE, time.monotonic()
        while time.monotonic() < min(deadline, idle_since + IDLE):
            time.sleep(0.2)
            if self._under_way():
                idle_since = time.monotonic()
        arrived = self.sinks.received()
        new, self.seen = arrived[self.seen :], len(arrived)
        return new

    def _under_way(self):
        sqs = self.stage.client("sqs")
        queue = sqs.get_queue_url(QueueName=self.stage.function("notices"))["QueueUrl"]
        names = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return any(int(counts[name]) for name in names)


def mentions(arrival, alarm):
    """Whether a message is about the alarm and no other of a similar name."""
    written = f"{arrival.text}\n{json.dumps(arrival.about)}"
    return re.search(rf"{re.escape(alarm)}(?![\w-])", written) is not None


@pytest.fixture(scope="module")
def course(stage, raised, alarms, groups):
    """The whole drill: what was wrong in each phase, and what people were told after it."""
    clock, people = AlarmClock(stage.account), People(stage, raised.sinks)
    clock.pause()
    for alarm in alarms[0]:
        if alarm.has_band:
            clock.set_band(alarm.name, *BAND)
    start = (datetime.now(UTC) - timedelta(days=6)).replace(hour=10, minute=0, second=0, microsecond=0)
    drill = Drill(groups[0], start)
    drill.write(Paper(stage.client))
    return {phase: (drill.run(phase, clock), people.told()) for phase in Phase}


@pytest.mark.parametrize("phase", Phase)
def test_every_alarm_is_in_the_state_that_its_data_asks_for(course, phase):
    assert course[phase][0] == []


def sinks_of(environment, level):
    """The sinks that stand for the channels of a level."""
    alerts = environment.alerts
    kinds = {"slack_webhook": "slack", "pagerduty": "pagerduty", "webhook": "webhook"}
    rendered = {kinds[channel.kind] for channel in alerts.rendered if level in channel.levels}
    by_sns = {"mail"} if alerts.addresses(level) else set()
    return rendered | by_sns | ({"sms"} if alerts.numbers(level) else set())


@pytest.mark.parametrize("phase", [Phase.WORST, Phase.WELL_AGAIN])
def test_every_change_is_told_on_the_channels_of_its_level_and_on_no_other(stage, alarms, course, phase):
    faults = []
    for alarm in alarms[0]:
        told = {arrival.sink for arrival in course[phase][1] if mentions(arrival, alarm.name)}
        wanted = sinks_of(stage.environment, Level(alarm.level)) if alarm.tells else set()
        if told != wanted:
            faults.append(f"{alarm.name} ({alarm.level}): told on {sorted(told)}, not on {sorted(wanted)}")
    assert faults == []


def test_forty_alarms_are_a_few_messages(course):
    chat = [arrival for arrival in course[Phase.WORST][1] if arrival.sink == "slack"]
    assert 1 <= len(chat) <= 2 * len(Level)
