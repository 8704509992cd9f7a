"""What the people at the ends of the channels have received."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from demo.inboxes.inbox import Arrival
from demo.inboxes.running import RunningInboxes
from emulator.waiting import wait_for
from lambdas.vocabulary.levels import Level
from stacks.settings.alerts import Alerts

INBOXES = {"slack_webhook": "slack", "pagerduty": "pagerduty", "webhook": "webhook"}
"""The inbox of each kind of channel."""
PATIENCE = 60.0
_INCIDENT = re.compile(r"\(incident \d+\)|^Incident \d+:")


@dataclass(frozen=True)
class People:
    alerts: Alerts
    inboxes: RunningInboxes

    def inboxes_of(self, level: Level) -> set[str]:
        """The inboxes that stand for the channels of a level."""
        channels = [channel.rendered_for() for channel in self.alerts.rendered]
        rendered = {INBOXES[channel.kind] for channel in channels if level in channel.levels}
        by_mail = {"mail"} if self.alerts.addresses(level) else set()
        return rendered | by_mail | ({"sms"} if self.alerts.numbers(level) else set())

    def received(self, about: Iterable[str], since: datetime) -> list[Arrival]:
        """What has arrived about an alarm or a finding, by name or title: a text message has no room for both.

        Without what is about its incident: that is sent to who is on call.
        """
        named = re.compile(rf"(?:{'|'.join(map(re.escape, about))})(?![\w-])")
        found = self.inboxes.received(since=since)
        return [it for it in found if named.search(_all_of(it)) and not is_of_incident(it)]

    def paged(self, since: datetime) -> list[Arrival]:
        """What has arrived about incidents."""
        return [it for it in self.inboxes.received(since=since) if is_of_incident(it)]

    def wait_until_received(self, about: Sequence[str], level: Level, since: datetime) -> list[Arrival]:
        """What has arrived once every channel of the level has something, or after `PATIENCE`."""
        wait_for(lambda: self.inboxes_of(level) <= {it.inbox for it in self.received(about, since)}, PATIENCE)
        return self.received(about, since)

    def have_one_each(self, arrived: list[Arrival], level: Level) -> bool:
        """Whether one message came to each channel of the level, and none to another."""
        return Counter(it.inbox for it in arrived) == Counter(self.inboxes_of(level))


def is_of_incident(arrival: Arrival) -> bool:
    """A page, a reminder or an announcement; and what PagerDuty is said about who took it."""
    first = arrival.about.get("subject") or (arrival.text or str(arrival.about.get("text", ""))).partition("\n")[0]
    return bool(_INCIDENT.search(first)) or arrival.about.get("event_action") == "acknowledge"


def _all_of(arrival: Arrival) -> str:
    return f"{arrival.text}\n{json.dumps(arrival.about)}"
