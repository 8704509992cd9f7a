"""What each service checks of a request before it takes it, and what a person then reads."""

import gzip
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from demo.inboxes.inbox import Arrival

SIGNATURE_AGE = 300  # seconds
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
SLACK_TOKEN = "T0000000/B0000000/localinboxlocalinboxloca"  # noqa: S105 - guards nothing
WEBHOOK_KEY = "the key of the local webhook"
SENTRY_KEY, SENTRY_PROJECT = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", 7

_BLOCKS, _SECTION, _HEADER = 50, 3000, 150
_SEVERITIES = {"critical", "error", "warning", "info"}
_LIMITS = {"summary": 1024, "source": 255}


class RefusedError(Exception):
    """The service's own answer to a request that it does not take."""

    def __init__(self, status: HTTPStatus, said: str) -> None:
        super().__init__(said)
        self.status = status


Receive = Callable[[bytes, Mapping[str, str]], tuple[HTTPStatus, str, Arrival]]


def slack(body: bytes, _headers: Mapping[str, str]) -> tuple[HTTPStatus, str, Arrival]:
    """https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"""
    document = _json(body, "invalid_payload")
    blocks = document.get("blocks", [])
    texts = [(block["type"], block["text"]["text"]) for block in blocks]
    limits = {"header": _HEADER, "section": _SECTION}
    if not document.get("text") or len(blocks) > _BLOCKS:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "no_text")
    if any(not text or len(text) > limits[kind] for kind, text in texts):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "invalid_blocks")
    return HTTPStatus.OK, "ok", Arrival("slack", "\n".join(text for _, text in texts), about=document)


def pagerduty(body: bytes, _headers: Mapping[str, str]) -> tuple[HTTPStatus, str, Arrival]:
    """https://developer.pagerduty.com/docs/send-alert-event"""
    event = _json(body, "not JSON")
    faults = list(_faults(event))
    if faults:
        answer = {"status": "invalid event", "message": "Event object is invalid", "errors": faults}
        raise RefusedError(HTTPStatus.BAD_REQUEST, json.dumps(answer))
    action, key = event["event_action"], event.get("dedup_key", "made up")
    text = f"{action}: {event.get('payload', {}).get('summary', key)}"
    answer = {"status": "success", "message": "Event processed", "dedup_key": key}
    return HTTPStatus.ACCEPTED, json.dumps(answer), Arrival("pagerduty", text, about=event)


def _faults(event: dict[str, Any]) -> Any:
    if event.get("routing_key") != ROUTING_KEY:
        yield "'routing_key' is invalid"
    if event.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
        yield "'event_action' is invalid"
    if len(event.get("dedup_key", "")) > 255:  # noqa: PLR2004 - the API's limit
        yield "'dedup_key' is too long"
    if event.get("event_action") != "trigger":
        if not event.get("dedup_key"):
            yield "'dedup_key' is missing"
        return
    payload = event.get("payload") or {}
    for name, limit in _LIMITS.items():
        if not 0 < len(payload.get(name, "")) <= limit:
            yield f"'payload.{name}' is missing or too long"
    if payload.get("severity") not in _SEVERITIES:
        yield "'payload.severity' is invalid"
    if any(not link.get("href", "").startswith("https://") for link in event.get("links", ())):
        yield "'links' is invalid"


def webhook(body: bytes, headers: Mapping[str, str]) -> tuple[HTTPStatus, str, Arrival]:
    """A receiver checks what docs/channels.md says."""
    named = {name.rpartition("-")[2].lower(): value for name, value in headers.items()}  # it serves any service
    timestamp, sent = named.get("timestamp", ""), named.get("signature", "")
    digest = hmac.new(WEBHOOK_KEY.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v1={digest}", sent):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "the signature is wrong")
    if abs(time.time() - int(timestamp)) > SIGNATURE_AGE:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "the signature is too old")
    document = _json(body, "not JSON")
    text = "\n".join(notice["text"] for notice in document["notices"])
    return HTTPStatus.NO_CONTENT, "", Arrival("webhook", text, about=document)


def sms(body: bytes, _headers: Mapping[str, str]) -> tuple[HTTPStatus, str, Arrival]:
    """What the embedded account hands to the telephone network."""
    document = _json(body, "not JSON")
    return HTTPStatus.NO_CONTENT, "", Arrival("sms", document["text"], about={"to": document["to"]})


def sentry(body: bytes, headers: Mapping[str, str]) -> tuple[HTTPStatus, str, Arrival]:
    """https://develop.sentry.dev/sdk/foundations/transport/envelopes/"""
    named = {name.lower(): value for name, value in headers.items()}
    if f"sentry_key={SENTRY_KEY}" not in named.get("x-sentry-auth", ""):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "the key is wrong")
    envelope = gzip.decompress(body) if named.get("content-encoding") == "gzip" else body
    *_, event = map(json.loads, envelope.decode().splitlines())
    return HTTPStatus.OK, json.dumps({"id": event["event_id"]}), Arrival("sentry", json.dumps(event), about=event)


def _json(body: bytes, otherwise: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, otherwise)
    return document


RECEIVERS: dict[str, Receive] = {
    f"/services/{SLACK_TOKEN}": slack,
    "/v2/enqueue": pagerduty,
    "/webhook": webhook,
    "/sms": sms,
    f"/api/{SENTRY_PROJECT}/envelope/": sentry,
}
