"""A signed JSON document for any HTTPS endpoint; docs/channels.md says how to verify it."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.kind import Kind, Url
from lambdas.notify.message import Line, Message
from lambdas.shared.post import Request
from lambdas.shared.service import own_names
from lambdas.vocabulary.notices import identifier_of

VERSION = 1


def requests(message: Message, channel: Channel, secret: str, at: datetime) -> list[Request]:
    """`secret` is the key of the signature."""
    body = json.dumps(_document(message, at), ensure_ascii=False).encode()
    timestamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        f"{own_names().namespace}-Delivery": message.identifier,
        f"{own_names().namespace}-Timestamp": timestamp,
        f"{own_names().namespace}-Signature": signature(secret, timestamp, body),
    }
    return [Request(channel.url, body, headers)]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA256 of `<timestamp>.<body>` in hex."""
    return f"v1={hmac.new(secret.encode(), timestamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def _document(message: Message, at: datetime) -> dict[str, Any]:
    return {
        "version": VERSION,
        "delivery": message.identifier,
        "environment": message.environment,
        "sent_at": at.isoformat(),
        "level": message.level.value,
        "text": message.headline,
        "notices": list(map(_notice, message.lines)),
    }


def _notice(line: Line) -> dict[str, Any]:
    """The fields of `Notice`, an identifier to know a repeated one by, and the line that people read."""
    written: dict[str, Any] = json.loads(line.notice.to_json())
    return {"id": identifier_of(line.notice), **written, "over": line.over, "text": line.text}


KIND = Kind(
    requests, "Any HTTPS endpoint; the key of the signature is the secret.", Url("Where the signed document is sent.")
)
