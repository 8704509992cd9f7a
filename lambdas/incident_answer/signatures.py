"""The signatures of other systems, each over the bytes of a body."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

OLDEST: Final = timedelta(minutes=5)
_LONGEST: Final = 12  # digits of a time in seconds


def is_slacks(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Five minutes old at most, as Slack asks: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    written = headers.get("x-slack-request-timestamp", "")
    if not (written.isascii() and written.isdecimal() and len(written) <= _LONGEST):
        return False
    if abs(now - datetime.fromtimestamp(int(written), UTC)) > OLDEST:
        return False
    expected = f"v0={_hmac(secret, b'v0:' + written.encode() + b':' + body)}"
    return _equal(expected, headers.get("x-slack-signature", ""))


def is_pagerdutys(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Several signatures while its secret is replaced: https://developer.pagerduty.com/docs/verifying-signatures."""
    given = headers.get("x-pagerduty-signature", "").split(",")
    expected = f"v1={_hmac(secret, body)}"
    return any(_equal(expected, each.strip()) for each in given)


def _hmac(secret: str, signed: bytes) -> str:
    return hmac.digest(secret.encode(), signed, hashlib.sha256).hex()


def _equal(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
