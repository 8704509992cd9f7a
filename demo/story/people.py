"""What the people at the ends of the channels have received."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from demo.inboxes.inbox import Arrival
from demo.inboxes.running import RunningInboxes
from lambdas.vocabulary.levels import Level
from stacks.settings.alerts import Alerts

INBOXES = {"slack_webhook": "slack", "pagerduty": "pagerduty", "webhook": "webhook"}
"""The inbox of each kind of channel."""
PATIENCE = 60.0
POLL_SECONDS = 0.1


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
        """What has arrived about an alarm or a finding, by name or title: a text message has no room for both."""
        named = re.compile(rf"(?:{'|'.join(map(re.escape, about))})(?![\w-])")
        return [it for it in self.inboxes.received(since=since) if named.search(f"{it.text}\n{json.dumps(it.about)}")]

    def wait_until_received(self, about: Sequence[str], level: Level, since: datetime) -> list[Arrival]:
        """What has arrived once every channel of the level has something, or after `PATIENCE`."""
        deadline, arrived = time.monotonic() + PATIENCE, self.received(about, since)
        while not self.inboxes_of(level) <= {it.inbox for it in arrived} and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            arrived = self.received(about, since)
        return arrived

    def have_one_each(self, arrived: list[Arrival], level: Level) -> bool:
        """Whether one message came to each channel of the level, and none to another."""
        return Counter(it.inbox for it in arrived) == Counter(self.inboxes_of(level))
