"""The team's chat: by an incoming webhook, or by an app of Slack, which knows threads and buttons.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.notify.channel import Channel, Store
from lambdas.notify.secrets import Secrets
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.shared.post import Request
from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.incidents import BUTTON_SNOOZES, Answer

SLACK: Final = "https://slack.com/api/chat.postMessage"
LONGEST: Final = 2900  # of a section's text; Slack's limit is 3 000 characters
_BUTTONS: Final = {
    Answer.TAKE: "Take it",
    Answer.SNOOZE: f"Snooze {BUTTON_SNOOZES} min",
    Answer.CANNOT: "I cannot",
}
_PASSING: Final = {
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
}
JSON: Final = {"Content-Type": "application/json; charset=utf-8"}

Post = Callable[..., bytes]


@dataclass(frozen=True)
class ChatTarget(JsonDocument):
    """Either a webhook, whose URL is the secret, or an app, whose bot token is."""

    store: Store
    secret: str
    channel: str = ""
    """The id of the app's channel; empty for a webhook."""
    url: str = SLACK
    """Of the app."""
    allow_private: bool = False

    def as_channel(self) -> Channel:
        """As secrets are read by."""
        return Channel("chat", "chat", (), self.store, self.secret)


@dataclass(frozen=True)
class Chat:
    target: ChatTarget
    secrets: Secrets
    post: Post

    @property
    def has_buttons(self) -> bool:
        return bool(self.target.channel)

    def say(self, text: str, *, thread: str = "", token: str = "", mentions: Sequence[str] = ()) -> str:
        """Write a message; returns its thread, empty where the channel knows none.

        `token` is what buttons bring back.  Raises PermanentError or RetryError.
        """
        called = " ".join(f"<@{member}>" for member in mentions)
        said = f"{called} {text}".strip()[:LONGEST]
        secret = self.secrets.of(self.target.as_channel())
        if not self.target.channel:
            self.post(Request(secret, _json({"text": said, "unfurl_links": False}), JSON), **self._allowed())
            return ""
        message: dict[str, Any] = {"channel": self.target.channel, "text": said, "unfurl_links": False}
        if thread:
            message["thread_ts"] = thread
        if token:
            message["blocks"] = _with_buttons(said, token)
        headers = {**JSON, "Authorization": f"Bearer {secret}"}
        answer = self.post(Request(self.target.url, _json(message), headers), wants_answer=True, **self._allowed())
        return thread or _thread_of(answer)

    def _allowed(self) -> dict[str, bool]:
        return {"allow_private": self.target.allow_private}


def _with_buttons(text: str, token: str) -> list[dict[str, Any]]:
    buttons = [
        {
            "type": "button",
            "action_id": answer.value,
            "text": {"type": "plain_text", "text": label},
            "value": token,
            **({"style": "primary"} if answer is Answer.TAKE else {}),
        }
        for answer, label in _BUTTONS.items()
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "elements": buttons},
    ]


def _thread_of(answer: bytes) -> str:
    """Slack answers 200 to what it refuses, too."""
    try:
        said = json.loads(answer)
    except ValueError:
        raise RetryError("Slack's answer is not JSON") from None
    if said.get("ok"):
        return str(said.get("ts", ""))
    reason = str(said.get("error", "no reason"))[:100]
    raise (RetryError if reason in _PASSING else PermanentError)(f"Slack refused it: {reason}")


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
