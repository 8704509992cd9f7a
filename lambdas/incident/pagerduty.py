"""PagerDuty is notified of who took an incident here, so that it stops calling.

https://developer.pagerduty.com/docs/send-alert-event
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lambdas.notify.channel import Channel
from lambdas.notify.secrets import Secrets
from lambdas.shared.pagerduty import deduplication_key
from lambdas.shared.post import Request
from lambdas.vocabulary.incidents import Incident

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Acknowledger:
    """One event for each alarm that fires and that a channel was sent, by the channel's own key."""

    channels: Sequence[Channel]
    secrets: Secrets
    post: Callable[..., object]

    def acknowledge(self, incident: Incident) -> None:
        """Raises what the posts raise, after all have been tried."""
        faults: list[Exception] = []
        for channel in self.channels:
            for subject in incident.lasting:
                if subject.level in channel.levels and subject.notice_key:
                    try:
                        self._post(channel, subject.notice_key)
                    except Exception as error:  # noqa: BLE001  (raised below)
                        faults.append(error)
        if faults:
            raise faults[0]

    def _post(self, channel: Channel, key: str) -> None:
        event = {
            "routing_key": self.secrets.of(channel),
            "dedup_key": deduplication_key(key),
            "event_action": "acknowledge",
        }
        self.post(Request(channel.url, json.dumps(event).encode(), JSON), allow_private=channel.allow_private)
