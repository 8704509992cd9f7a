"""Signed links: to answer an incident, to read its review, to subscribe to a calendar.

A token says which incident and whom it is for, until when, and ends with an HMAC of that.  It is short, as it goes out
by text message:

    3 bytes     the incident; 0 of a calendar
    4 bytes     when it expires, in seconds since 1970; 0 is never
    0 or more   the person's name, UTF-8; empty of a link that anybody in a channel may use
    12 bytes    HMAC-SHA-256 over the purpose and all before, its first 96 bits

in base64url.  What it is for is not in it: the route that it is used at knows that.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from lambdas.shared.incidents.keys import Keys

MOST_INCIDENTS: Final = 2**24
LONGEST_TOKEN: Final = 400
_MAC: Final = 12  # bytes: no fewer than 96 bits
_HEAD: Final = struct.Struct(">3sI")
_RANDOM: Final = 12


class Purpose(StrEnum):
    ANSWER = "answer"
    REVIEW = "review"
    CALENDAR = "calendar"
    FORM = "form"
    """What a page's form sends with it, once."""
    RESULT = "result"
    """What a page says after an answer."""


@dataclass(frozen=True)
class Link:
    incident: int
    person: str
    """Empty of a channel's link, and of the calendar of all."""
    expires_at: datetime | None
    """Never, if None."""
    expired: bool = False


def sign(keys: Keys, incident: int, person: str, expires_at: datetime | None, purpose: Purpose = Purpose.ANSWER) -> str:
    """A token with the newest key; parts of seconds of `expires_at` are left out.

    Raises ValueError for what no token can hold.
    """
    payload = _payload(incident, person, expires_at)
    token = _text(payload + _mac(_secrets(keys, purpose)[0], purpose, payload))
    if len(token) > LONGEST_TOKEN:
        raise ValueError("the person's name is too long for a link")
    return token


def read(keys: Keys, token: str, now: datetime, purpose: Purpose = Purpose.ANSWER) -> Link | None:
    """What the token says, expired or not; None when none of the keys signed it for this purpose."""
    signed = _verified(keys, purpose, token)
    if signed is None or len(signed) < _HEAD.size:
        return None
    incident, seconds = _HEAD.unpack_from(signed)
    expires_at = datetime.fromtimestamp(seconds, UTC) if seconds else None
    person = signed[_HEAD.size :].decode()
    return Link(int.from_bytes(incident), person, expires_at, expires_at is not None and now >= expires_at)


def new_nonce(keys: Keys, link: Link) -> str:
    """What the form of this link sends with it; whoever takes the answer takes each once."""
    random = secrets.token_bytes(_RANDOM)
    return _text(random + _mac(keys.links[0], Purpose.FORM, _of_link(link) + random))


def is_nonce_of(keys: Keys, link: Link, nonce: str) -> bool:
    """Whether a form of this very link had it."""
    return len(_verified(keys, Purpose.FORM, nonce, _of_link(link)) or b"") == _RANDOM


def sign_result(keys: Keys, link: Link, text: str) -> str:
    """So that a page shows no line that somebody else wrote into its address."""
    said = text.encode()
    return _text(said + _mac(keys.links[0], Purpose.RESULT, _of_link(link) + said))


def read_result(keys: Keys, link: Link, signed: str) -> str:
    """Empty when it is none, or that of another link."""
    return (_verified(keys, Purpose.RESULT, signed, _of_link(link)) or b"").decode()


def _verified(keys: Keys, purpose: Purpose, text: str, context: bytes = b"") -> bytes | None:
    """What was signed together with `context`; None where it was not."""
    raw = _bytes(text)
    if len(raw) < _MAC:
        return None
    payload, mac = raw[:-_MAC], raw[-_MAC:]
    expected = [_mac(secret, purpose, context + payload) for secret in _secrets(keys, purpose)]
    return payload if any(hmac.compare_digest(mac, each) for each in expected) else None


def _secrets(keys: Keys, purpose: Purpose) -> tuple[bytes, ...]:
    return (keys.calendar,) if purpose is Purpose.CALENDAR else keys.links


def _mac(secret: bytes, purpose: Purpose, payload: bytes) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\0" + payload, hashlib.sha256)[:_MAC]


def _payload(incident: int, person: str, expires_at: datetime | None) -> bytes:
    if not 0 <= incident < MOST_INCIDENTS:
        raise ValueError(f"incident {incident} has no link: numbers go to {MOST_INCIDENTS - 1}")
    seconds = int(expires_at.timestamp()) if expires_at else 0
    return _HEAD.pack(incident.to_bytes(3), seconds) + person.encode()


def _of_link(link: Link) -> bytes:
    """Apart from what follows it by its length."""
    payload = _payload(link.incident, link.person, link.expires_at)
    return len(payload).to_bytes(2) + payload


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Of the one way to write them; none of anything else."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
    return raw if _text(raw) == text else b""
