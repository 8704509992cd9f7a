"""The channels: one folder each, named as its kind, whose `render.py` turns a message into HTTP requests.

    def requests(message: Message, channel: Channel, secret: str, at: datetime) -> list[Request]

Nothing else has to know a channel, but its section of the environment file (`stacks/settings/channels.py`).
"""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module

from lambdas.notify.channel import Channel
from lambdas.notify.message import Message
from lambdas.notify.post import Request

Render = Callable[[Message, Channel, str, datetime], list[Request]]


def renderer(kind: str) -> Render:
    render: Render = import_module(f"{__name__}.{kind}.render").requests
    return render
