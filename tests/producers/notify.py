"""Deliveries as they end: `Deliverer` runs, with made-up answers of the channel."""

from datetime import UTC, datetime
from unittest import mock

from lambdas.notify.channel import Channel
from lambdas.notify.deliver import Deliverer
from lambdas.notify.queue import Deliver
from lambdas.notify.settings import Settings
from lambdas.notify.table import ChannelState, PendingDelivery
from lambdas.shared.delivery_errors import PermanentError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.producers import Deployment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOTICE = Notice(key="alarm", level=Level.HIGH, change=Change.RAISED, title="It is full", at=NOW)


def good(deployment: Deployment) -> None:
    _deliver(deployment, lambda _channel, _message: None)


def worst(deployment: Deployment) -> None:
    def refuse(_channel, _message):
        raise PermanentError("410 no_service")

    _deliver(deployment, refuse)


def _deliver(deployment: Deployment, send) -> None:
    settings = Settings.from_environment(
        deployment.variables["notify"] | {"QUEUE_URL": "https://queue.example/notices"}
    )
    channels = {channel.name: channel for channel in map(Channel.from_json, settings.channels)}
    table = mock.Mock()
    table.lease.return_value = ChannelState()
    table.outbox.return_value = [PendingDelivery("dispatch", NOW, (NOTICE,))]
    for name in channels:
        Deliverer(settings, channels, table, mock.Mock(), send, clock=lambda: NOW).deliver(Deliver(name))
