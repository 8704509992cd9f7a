"""Secrets and personal data that are known by their form."""

import re
from typing import Final

from lambdas.shared.masking.cards import is_card
from lambdas.shared.masking.looks import MASK, Look


def _unless_no_card(match: re.Match[str]) -> str:
    return MASK if is_card(re.sub(r"\D", "", match[0])) else match[0]


PRIVATE_KEY = Look(
    "a private key",
    ("private key",),
    r"""
    (?P<kept>)-----BEGIN[ ][A-Z0-9 ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
    [\s\S]*?(?:-----END[ ][A-Z0-9 ]{0,40}-----|\Z)
    """,
)
_WEBHOOKS: Final = r"""
    hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/
    |(?:[\w-]+\.)?webhook\.office\.com/webhookb2/|(?<=/)hooks/(?=[a-z0-9]{26}(?!\w))|api\.telegram\.org/(?:file/)?bot
    |hooks\.zapier\.com/hooks/catch/|events\.pagerduty\.com/(?:integration|generic)/|outlook\.office\.com/webhook/
"""
WEBHOOK = Look(
    "a token",
    ("hooks", "telegram", "pagerduty.com", "office.com"),
    rf"(?P<kept>(?i:{_WEBHOOKS}))[\w/@:+=%-]++",
)
JSON_WEB_TOKEN = Look(
    "a token",
    ("eyj",),
    r"(?P<kept>)(?:(?<![\w-])|(?<=\\[nrt]))eyJ[\w-]{8,}+\.[\w-]++(?:\.[\w-]*+){0,3}",
)
AZURE_SECRET = Look("a token", ("q~",), r"(?P<kept>)(?<![\w~.])[\w~.]{3}\dQ~[\w~.-]{31,}+")
FACEBOOK_TOKEN = Look("a token", ("|", "%7c"), r"(?P<kept>)(?<!\d)\d{15,16}(?:\||%7[cC])[\w-]{27,}+")
SCHEME = Look(
    "a token",
    ("bearer", "basic"),
    r"(?P<kept>\b(?i:bearer|basic)\s+)(?=\S*[\d._=+/-])[\w.~+/=-]{8,}",
)
URL = Look(
    "a password in a URL",
    ("://",),
    r"""(?P<kept>://[^\s/@:"'?\#]*+:)(?!//|(?:\*\*\*|\[?(?i:masked|redacted)\]?)@|\d{1,5}(?:[/?\#\s"',;)]|$))(?:(?!://)[^\s"'<>])+(?=@)""",
)
DRIVER_URL = Look(
    "a password in a URL",
    ("@tcp(", "@tcp6(", "@udp(", "@unix(", "@//"),
    r"""
    (?P<kept>(?<![^\s"'=,;(])[\w.%+-]{1,64}+:|:thin:[\w.-]{1,64}+/)
    (?!\*\*\*@)[^\s"'@]{1,200}(?:@[^\s"'@]{1,200})?(?=@(?:(?:tcp6?|udp|unix)\(|//))
    """,
)
"""app:…@tcp(db:3306)/orders and jdbc:oracle:thin:app/…@//db"""
E_MAIL = Look(
    "an e-mail address",
    ("@",),
    r"(?P<kept>)(?<![\w.@%+-])(?<!://)[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?:[\w@%+-]|\.(?=\w))*",
)
CARD = Look(
    "a card number",
    tuple("0123456789"),
    r"""
    (?<![\w-])(?<!\d\.)(?:
        \d{13,19}|\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?:(?P=gap)\d{3})?
        |3[47]\d\d(?P<wide>[ -])\d{6}(?P=wide)\d{5})(?![\w-])(?!\.\d)
    """,
    _unless_no_card,
)
