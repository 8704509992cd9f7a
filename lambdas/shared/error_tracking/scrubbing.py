"""An event without secrets and personal data, and no larger than it is of use.

By the names of keys and by the looks of texts, at any depth: messages, frames' variables, breadcrumbs, the request with
its headers and body, JSON that was sent as a text.  A text is masked first and shortened then: half a secret is still
one, and has no look.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from lambdas.shared.error_tracking.users import hashed_user
from lambdas.shared.masking import MASK, is_card, is_public, masked_document, masked_text, names_a_secret
from lambdas.vocabulary.notices import well_formed

LEVELS: Final = 24
"""Of an event; what is deeper is left out.  A frame's variables are at the ninth."""
LEVELS_IN_TEXT: Final = 12
NODES: Final = 20_000
"""Values of an event that are kept."""
ENTRIES: Final = 500
"""Of a mapping or a list that is none of these."""
NEWEST: Final = {"frames": 250, "breadcrumbs": 100, "exception": 50, "threads": 50, "tags": 100}
"""Of these the last ones are kept: the innermost frames, the latest steps, the exceptions that were raised last."""
LONGEST: Final = 8192
"""Characters of a text."""
LONGEST_OF: Final = {"context_line": 400, "pre_context": 400, "post_context": 400, "tags": 200}
LONGEST_KEY: Final = 200
LEFT_OUT: Final = "…"

_OWN = ("user", "modules")
"""What has its own rules."""
_VERSION = re.compile(r"(?:npm:)?(?:@?[\w./-]{1,80}@)?[v^~=]{0,2}\d{1,6}(?:\.[\w-]{1,20}){0,5}(?:\+[\w.-]{1,40})?")
_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
"""Sequences of ANSI, and control characters but for tabs and ends of lines."""
_PERSONAL = frozenset(
    (
        *("ip_address", "client_ip", "remote_addr", "x_forwarded_for", "x_real_ip", "forwarded", "cf_connecting_ip"),
        *("true_client_ip", "x_client_ip", "fastly_client_ip", "x_cluster_client_ip", "x_original_forwarded_for"),
        *("http_x_forwarded_for", "http_x_real_ip", "http_client_ip", "client_address", "net_peer_ip"),
        *("email", "e_mail", "email_address", "username", "user_name", "phone", "phone_number", "mobile"),
        *("first_name", "last_name", "full_name", "date_of_birth", "birthday"),
    )
)
_IDENTITIES = ("id", "email", "username", "ip_address")
"""Of a user, the best first."""
_LEAST_CARD = 10**12
_CACHED = 256
"""Characters of a text that is worth remembering: source lines, files and functions are those of the event before."""
_READ = 65536
"""Characters of a text that are masked: of a secret that begins in what is kept, more than enough."""
_NESTED = 3
"""JSON in a text in JSON in a text; what is in that is masked as a text."""


def scrubbed(event: Mapping[str, Any], environment: str) -> dict[str, Any]:
    """`event` is what JSON holds; it is not changed."""
    scrubber = _Scrubber()
    clean: dict[str, Any] = scrubber.value({key: of for key, of in event.items() if key not in _OWN}, LEVELS)
    if "modules" in event:
        clean["modules"] = _modules(event["modules"])
    if "user" in event:
        clean["user"] = _user(event["user"], environment, scrubber)
    return clean


def _modules(modules: Any) -> dict[str, str]:
    """Packages and their versions: `jsonwebtoken` is no secret."""
    pairs = modules.items() if isinstance(modules, dict) else ()
    named = ((_text(name), version) for name, version in islice(pairs, ENTRIES) if type(version) is str)
    return {name: version for name, version in named if _VERSION.fullmatch(version)}


def _user(user: Any, environment: str, scrubber: "_Scrubber") -> dict[str, Any]:
    """Who it is as a pseudonym, and what else is known of them without what names them."""
    if not isinstance(user, dict):
        return {}
    kept = {key: of for key, of in user.items() if key not in (*_IDENTITIES, "name", "geo")}
    clean: dict[str, Any] = scrubber.value(kept, LEVELS - 1)
    identities = (str(user[name]) for name in _IDENTITIES if type(user.get(name)) in (str, int))
    if who := next((identity for identity in identities if identity.strip() not in ("", "{{auto}}")), None):
        clean["id"] = hashed_user(who, environment)
    return clean


class _Scrubber:
    """Of one event; `levels` is how much deeper a value may be, `longest` what its texts may have."""

    def __init__(self) -> None:
        self._nodes = NODES

    def value(self, value: Any, levels: int, longest: int = LONGEST) -> Any:
        kind = type(value)
        if kind is str:
            return _shortened(_text(value), longest)
        if kind is int:
            return MASK if value >= _LEAST_CARD and is_card(str(value)) else value
        if value is None or kind in (bool, float):
            return value
        if not levels or self._nodes <= 0:
            return LEFT_OUT
        if kind is dict:
            return self._mapping(value, levels - 1, longest)
        return self._list(value, levels - 1, longest)

    def _mapping(self, value: Mapping[str, Any], levels: int, longest: int) -> dict[str, Any]:
        self._nodes -= len(value)
        clean: dict[str, Any] = {}
        for key, inner in islice(value.items(), ENTRIES):
            rule = _rule(key)
            if rule.is_secret and not is_public(inner):
                clean[rule.key] = MASK
            else:
                kept = _newest(inner, rule.most) if rule.most else inner
                clean[rule.key] = self.value(kept, levels, rule.longest or longest)
        if len(value) > ENTRIES:
            clean[LEFT_OUT] = f"{len(value) - ENTRIES} more"
        if "value" in value:
            self._mask_named(value, clean)
        return clean

    def _mask_named(self, value: Mapping[str, Any], clean: dict[str, Any]) -> None:
        """`{"name": "DB_PASSWORD", "value": "…"}`"""
        named = value.get("name") or value.get("key")
        if isinstance(named, str) and _rule(named).is_secret and not is_public(value["value"]):
            clean["value"] = MASK

    def _list(self, value: list[Any], levels: int, longest: int) -> list[Any]:
        if len(value) > ENTRIES:
            value = [*value[:ENTRIES], f"{LEFT_OUT} {len(value) - ENTRIES} more"]
        self._nodes -= len(value)
        return [
            [self.value(inner[0], levels - 1, longest), MASK]
            if _is_pair(inner) and _rule(inner[0]).is_secret and not is_public(inner[1])
            else self.value(inner, levels, longest)
            for inner in value
        ]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is done with what stands under a key."""

    key: str
    """As it is written itself."""
    is_secret: bool
    """It is one, or it names a person."""
    longest: int
    """Of its texts; 0 where it is as above it."""
    most: int
    """Of it the newest are kept; 0 where all are."""


@lru_cache(maxsize=4096)  # the same few keys are in every event
def _rule(key: str) -> _Rule:
    personal = key.lower().replace("-", "_").replace(".", "_") in _PERSONAL
    return _Rule(
        _shortened(masked_text(_well_formed(key)), LONGEST_KEY),
        names_a_secret(key) or personal,
        LONGEST_OF.get(key, 0),
        NEWEST.get(key, 0),
    )


def _is_pair(value: Any) -> bool:
    """`["x-api-key", "…"]`: headers, cookies and tags may be lists of such."""
    return type(value) is list and len(value) == 2 and type(value[0]) is str  # noqa: PLR2004


def _newest(value: Any, most: int) -> Any:
    """Of a list, of one under `values`, or of a mapping, whose first ones are kept: it has no order."""
    if type(value) is list:
        return value[-most:]
    if type(value) is dict and type(value.get("values")) is list:
        return {**value, "values": value["values"][-most:]}
    return dict(islice(value.items(), most)) if type(value) is dict and len(value) > most else value


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}{LEFT_OUT}"


def _text(text: str, nested: int = _NESTED) -> str:
    return _remembered(text, nested) if len(text) <= _CACHED else _masked(text, nested)


def _masked(text: str, nested: int) -> str:
    text = _well_formed(text)
    if not nested:
        return masked_text(text[:_READ])
    return masked_document(text, _InText(nested - 1).masked, _READ)


_remembered = lru_cache(maxsize=16384)(_masked)


class _InText(_Scrubber):
    """Of JSON in a text."""

    def __init__(self, nested: int) -> None:
        super().__init__()
        self._nested = nested

    def masked(self, document: Any) -> Any:
        return self.value(document, LEVELS_IN_TEXT)

    def value(self, value: Any, levels: int, longest: int = LONGEST) -> Any:
        if type(value) is str:
            return _shortened(_text(value, self._nested), longest)
        return super().value(value, levels, longest)


def _well_formed(text: str) -> str:
    """Without what would act on a terminal, and lone surrogates, which JSON can hold and UTF-8 cannot."""
    text = _CONTROL.sub("", text)
    return text if text.isascii() else well_formed(text)
