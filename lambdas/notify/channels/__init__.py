"""The channels that `notify` renders for and posts to: one folder each, whose `render.py` ends with its `KIND`.

Nothing else has to know a channel: its settings and their checks are derived from it (`stacks/settings/channels.py`).
"""

from collections.abc import Mapping
from typing import Final

from lambdas.notify.channels.pagerduty import render as pagerduty
from lambdas.notify.channels.slack_webhook import render as slack_webhook
from lambdas.notify.channels.webhook import render as webhook
from lambdas.notify.kind import Kind, Render

KINDS: Final[Mapping[str, Kind]] = {
    "slack_webhook": slack_webhook.KIND,
    "pagerduty": pagerduty.KIND,
    "webhook": webhook.KIND,
}
"""By the word of the environment file, which is the folder's name."""


def renderer(kind: str) -> Render:
    return KINDS[kind].requests
