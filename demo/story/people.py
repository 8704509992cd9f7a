"""Who was told of something: the people at the ends of the channels."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from demo.sinks.inbox import Arrival
from demo.sinks.running import RunningSinks
from lambdas.vocabulary.levels import Level
from stacks.settings.alerts import Alerts

SINKS = {"slack_webhook": "slack", "pagerduty": "pagerduty", "webhook": "webhook"}
"""Where a message of each kind of channel ends on this machine."""
PATIENCE = 60.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class People:
    alerts: Alerts
    sinks: RunningSinks

    def called_at(self, level: Level) -> set[str]:
        """The sinks that stand for the channels of a level."""
        channels = [channel.rendered_for() for channel in self.alerts.rendered]
        rendered = {SINKS[channel.kind] for channel in channels if level in channel.levels}
        by_mail = {"mail"} if self.alerts.addresses(level) else set()
        return rendered | by_mail | ({"sms"} if self.alerts.numbers(level) else set())

    def told(self, about: Iterable[str], since: datetime) -> list[Arrival]:
        """What has arrived on an alarm or a finding, by its name or its title: a text message has no room for both."""
        named = re.compile(rf"(?:{'|'.join(map(re.escape, about))})(?![\w-])")
        return [it for it in self.sinks.received(since=since) if named.search(f"{it.text}\n{json.dumps(it.about)}")]

    def wait_until_told(self, about: Sequence[str], level: Level, since: datetime) -> list[Arrival]:
        """What has arrived when all channels of the level are told, or when patience ends."""
        deadline, arrived = time.monotonic() + PATIENCE, self.told(about, since)
        while not self.called_at(level) <= {it.sink for it in arrived} and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            arrived = self.told(about, since)
        return arrived

    def are_called_once(self, arrived: list[Arrival], level: Level) -> bool:
        """Whether one message came to each channel of the level, and none to any other."""
        return Counter(it.sink for it in arrived) == Counter(self.called_at(level))
