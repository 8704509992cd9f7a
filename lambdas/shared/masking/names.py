"""The names under which secrets stand: DATABASE_PASSWORD, x-api-key, clientSecret."""

import re
from functools import lru_cache
from typing import Any

_ANYWHERE = (
    r"passw(?:or)?ds?(?!s)|passphrase|passcode|secret|token|api[ _.-]?key|authorization|[_-]auth|creds|credentials?"
    r"|cookies?|(?:access|secret|private|routing|signing|account|encryption|master|auth|integration|license"
    r"|webhook|application|consumer|server|client|sdk|instrumentation)[ _.-]?key"
    r"|sess(?:ion)?[_-]?id|connect\.sid|signature|card[_-]?number"
)
"""Whatever stands before them: `dbpassword` is one, too."""
_AS_WORDS = r"pass|pwd|psw|pw|card|cvv|cvc|iban|otp|jwt|sig|x-auth"
"""Only as a word of their own: a compass is no `pass`."""
_MORE = r"[_.-]?(?:value|string|text|plain(?:text)?|hash|confirm(?:ation)?|repeat|again|base64|b64|\d{1,3})"
_STAGE = r"[_.-](?:new|old|current|prod|production|dev|test|staging|live|enc|raw)"
NAME = (
    rf"(?:(?i:{_ANYWHERE})|(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:{_AS_WORDS}))"
    rf"(?i:{_MORE}|{_STAGE})?(?![A-Za-z0-9_-])"
)
"""The end of such a name."""
WORDS = (
    *("pass", "pwd", "psw", "pw", "secret", "token", "key", "auth", "cred", "cookie", "sess", "sid", "sig", "card"),
    *("cvv", "cvc", "iban", "otp", "jwt"),
)
"""In lower case; a text without any of them has no such name."""
_ALONE = frozenset(
    (
        *("auth", "bearer", "secrets", "apikeys", "accesstokens", "refreshtokens", "authtokens", "sessiontokens"),
        *("privatekeypem", "csrf", "xsrf", "sid", "phpsessid", "ssn", "socialsecuritynumber", "pin", "securitycode"),
    )
)
"""Secrets where nothing else stands in the key: an author has no `auth`.  Without signs, in lower case."""
_SIGNS = re.compile(r"[^a-z]")
_NAME = re.compile(rf"(?s:.*?){NAME}")
_PUBLIC = re.compile(r"arn:|(?:[\[<(]?(?i:none|null|true|false|masked|redacted|hidden|removed)[\])>]?|[*•\s]*)\Z")


def is_public(value: Any) -> bool:
    """Whether a value under such a name is no secret: a reference to one, a yes or no, a mask."""
    return value is None or isinstance(value, bool) or _PUBLIC.match(str(value)) is not None


@lru_cache(maxsize=1024)  # the same few keys are in every line
def names_a_secret(key: str) -> bool:
    """Whether the last words of `key` are those of a secret, or it is one of a few that are no part of others."""
    return _NAME.fullmatch(key) is not None or _SIGNS.sub("", key.lower()) in _ALONE
