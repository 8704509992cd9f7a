"""Every alarm of the deployed templates: driven to ALARM by what its producer emits, delivered, and back to OK.

Alarms are found, not listed; one whose metric nobody emits fails by its name.
"""

import json
import re
from dataclasses import dataclass

import pytest

from demo.inboxes.running import RunningInboxes
from demo.story.people import INBOXES, is_of_incident
from emulator.account import ACCOUNT_ID, REGION
from emulator.stage import Stage
from lambdas.shared.clock import now
from lambdas.shared.notices import in_slack, publish_notice
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.e2e.fire_drill.alarms import names_in, templates_of
from tests.e2e.fire_drill.course import Course
from tests.e2e.fire_drill.drill import Phase

PATIENCE = 60.0
NOT_LISTED = re.compile(r"^and (\d+) more$", re.MULTILINE)
CAUSES = re.compile(r"because of [\w-]+(, [\w-]+)*")
"""As a message about a composite alarm names those that set it off."""


@dataclass
class People:
    """What people received since the last call."""

    stage: Stage
    inboxes: RunningInboxes
    seen: int = 0

    def received(self):
        """Last notices come after all others; when they are everywhere, nothing is under way any more.

        A pager takes the events of one message side by side: only the next message says that it has them all.
        """
        self._send_last("the last", list(Level))
        self._send_last("the very last", [Level.CRITICAL])
        arrived = [it for it in self.inboxes.received() if not is_of_incident(it)]
        new, self.seen = arrived[self.seen :], len(arrived)
        return new

    def _send_last(self, text, levels):
        titles = {level: f"{level}: {text} of {self.seen}" for level in levels}
        for level, title in titles.items():
            notice = Notice(key=title, level=level, change=Change.HAPPENED, title=title, at=now())
            publish_notice(self.stage.client("sns"), self._topic(level), notice)
        for level, title in titles.items():
            for inbox in inboxes_of(self.stage.environment, level):
                self.inboxes.wait_for(inbox, lambda arrival, title=title: title in arrival.text, PATIENCE)

    def _topic(self, level):
        name = self.stage.function(f"alerts-{level}")
        return f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:{name}"


@pytest.fixture(scope="module")
def course(stage):
    return Course(stage)


@pytest.fixture(scope="module")
def people(stage, started, course):
    course.prepare()
    return People(stage, started.inboxes)


@pytest.fixture(scope="module")
def all_at_once(course, people):
    return course.all_at_once(people.received)


@pytest.fixture(scope="module")
def of_composites(course, people, all_at_once):
    return course.of_composites(people.received)


@pytest.fixture(scope="module")
def with_their_causes(course, people, of_composites):
    return course.with_their_causes(people.received)


def inboxes_of(environment, level, alarm=""):
    """The inboxes that stand for the channels of a level; that a channel fails is sent to the others."""
    alerts = environment.alerts
    rendered = {
        INBOXES[channel.kind]
        for channel in alerts.rendered
        if level in channel.levels and not alarm.endswith(f"-channel-{channel.name}-failed")
    }
    return rendered | ({"mail"} if alerts.addresses(level) else set())


def inboxes_with(outcome, alarm):
    """Where this alarm was received, and none with a similar name.

    By its name, which is in the links, or in a chat by its title: a long list there has no links.  A text message has
    room for the first few alone: see the test of these.
    """
    named = re.compile(rf"{re.escape(alarm.name)}(?![\w-])")
    titled = re.compile(rf": {re.escape(in_slack(alarm.title))}(?=: |\n|$)")
    received = [arrival for arrival in outcome.received if arrival.inbox != "sms"]
    return {
        arrival.inbox
        for arrival in received
        if named.search(what_it_is_about(arrival)) or (arrival.inbox == "slack" and titled.search(arrival.text))
    }


def what_it_is_about(arrival):
    """Without the alarms that set off the one that a message is about."""
    return CAUSES.sub("", f"{arrival.text}\n{json.dumps(arrival.about)}")


def delivery_faults(stage, outcome, alarms):
    """One line for each alarm that was not received exactly where it should be.

    A chat's message has room for so many: how many more there are is its last line, and as many may be missing there.
    """
    unlisted = sum(int(number) for arrival in outcome.received for number in NOT_LISTED.findall(arrival.text))
    for alarm in alarms:
        received, wanted = (
            inboxes_with(outcome, alarm),
            inboxes_of(stage.environment, Level(alarm.level), alarm.name),
        )
        if alarm.name.endswith("-channel-sns-failed"):  # its beginning is CloudWatch's own mail, its end is not mailed
            received, wanted = received - {"mail"}, wanted - {"mail"}
        if wanted - received == {"slack"} and unlisted:
            unlisted -= 1
            continue
        if received != wanted:
            yield f"{alarm.name} ({alarm.level}) was received on {sorted(received)}, not on {sorted(wanted)}"


def test_every_alarm_of_the_templates_is_deployed(course, stage):
    deployed = {alarm.name for alarm in (*course.alarms, *course.composites)}
    assert deployed == set(names_in(templates_of(stage))) != set()


def test_somebody_emits_what_every_alarm_watches(course):
    faults = course.groups[1]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("phase", Phase)
def test_every_alarm_matches_its_data(all_at_once, phase):
    """Every alarm is in the state that its data asks for."""
    faults = all_at_once[phase].faults
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("phase", [Phase.WORST, Phase.WELL_AGAIN])
def test_changes_go_to_their_levels_channels(stage, course, all_at_once, phase):
    """Every change is sent on the channels of its level and on no other."""
    sending = [alarm for alarm in course.alarms if alarm.sends and alarm.name not in course.causes]
    faults = list(delivery_faults(stage, all_at_once[phase], [it for it in sending if not it.alarms_on_silence]))
    assert not faults, "\n".join(faults)


def test_silence_alarms_where_it_must(stage, course, all_at_once):
    """Silence is sent where it is an alarm."""
    silent = [it for it in course.alarms if it.sends and it.in_silence == "ALARM" and it.name not in course.causes]
    faults = list(delivery_faults(stage, all_at_once[Phase.SILENT], silent))
    assert not faults, "\n".join(faults)
    assert any(alarm.alarms_on_silence for alarm in silent)


def test_composite_parts_send_nothing_themselves(course, all_at_once):
    """What is part of a composite alarm says nobody itself."""
    silent = [alarm for alarm in course.alarms if not alarm.sends]
    parts = {name for composite in course.composites for name in composite.parts}
    assert {alarm.name for alarm in silent} == parts != set()
    assert [alarm.name for alarm in silent if inboxes_with(all_at_once[Phase.WORST], alarm)] == []


def test_composite_alarm_survives_getting_worse(course, all_at_once):
    """A composite alarm does not end when it gets worse."""
    states = all_at_once[Phase.WORST].states
    assert [name for name in course.names_of_composites if states[name] != "ALARM"] == []


def test_a_storm_is_a_few_messages(course, all_at_once):
    chat = [arrival for arrival in all_at_once[Phase.WORST].received if arrival.inbox == "slack"]
    assert len(course.alarms) > 40
    assert 1 <= len(chat) <= 2 * len(Level)


def test_text_messages_are_critical_and_counted(all_at_once):
    """Text messages are of critical alarms alone and count them."""
    texts = [arrival.text for arrival in all_at_once[Phase.WORST].received if arrival.inbox == "sms"]
    assert 1 <= len(texts) <= len(Level)
    assert all("CRITICAL" in text or re.search(r": \d+ critical", text) for text in texts)


@pytest.mark.parametrize(("phase", "state"), [(Phase.WORST, "ALARM"), (Phase.WELL_AGAIN, "OK")])
def test_composite_alarm_lists_its_parts(stage, course, of_composites, phase, state):
    """A composite alarm says of its parts."""
    outcome = of_composites[phase]
    faults = [*outcome.faults, *delivery_faults(stage, outcome, course.composites)]
    assert not faults, "\n".join(faults)
    assert {name: found for name, found in outcome.states.items() if found != state} == {}


def test_suppressed_composite_alarm_is_not_sent(stage, course, with_their_causes):
    """While its cause is sent, a composite alarm is not."""
    outcome = with_their_causes[Phase.WORST]
    causes = [alarm for alarm in course.alarms if alarm.name in course.causes]
    faults = [*outcome.faults, *delivery_faults(stage, outcome, causes)]
    assert not faults, "\n".join(faults)
    assert set(outcome.states.values()) == {"ALARM"}
    assert [alarm.name for alarm in course.composites if inboxes_with(outcome, alarm)] == []


def test_end_of_cause_is_sent(stage, course, with_their_causes):
    """The end of the cause is sent."""
    outcome = with_their_causes[Phase.WELL_AGAIN]
    causes = [alarm for alarm in course.alarms if alarm.name in course.causes]
    assert list(delivery_faults(stage, outcome, causes)) == []
    assert set(outcome.states.values()) == {"OK"}
