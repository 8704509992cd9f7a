"""A text, without what looks like a secret in it."""

from collections.abc import Iterator

from lambdas.shared.masking import forms, named
from lambdas.shared.masking.looks import Look
from lambdas.shared.masking.names import WORDS
from lambdas.shared.masking.tokens import Rule, rules_for

_BEFORE_TOKENS = (forms.PRIVATE_KEY, forms.WEBHOOK)
_AFTER_TOKENS = (
    forms.SCHEME,
    forms.JSON_WEB_TOKEN,
    forms.AZURE_SECRET,
    forms.FACEBOOK_TOKEN,
    forms.URL,
    forms.DRIVER_URL,
)
_LAST = (*named.WITHOUT_NAME, forms.E_MAIL, forms.CARD)


def masked_text(text: str) -> str:
    """`text` without what looks like a secret in it."""
    lowered = text.lower()
    for look in _looks(lowered):
        text = look.masked(text, lowered)
    return text


def kinds_in(text: str) -> list[str]:
    """What `text` looks as if it held, in words such as "a token", each once."""
    return list(dict.fromkeys(kind for kind, _ in _found(text)))


def _found(text: str) -> Iterator[tuple[str, str]]:
    """Each kind that is found, with the text without it and without those before it."""
    lowered = text.lower()
    for look in _looks(lowered):
        without = look.masked(text, lowered)
        if without != text:
            yield look.kind, without
            text = without


def _looks(lowered: str) -> tuple[Look | Rule, ...]:
    """In their order, without those of which the text has no word."""
    by_name = named.LOOKS if _has_a_word(lowered) else ()
    of_services = (named.service_key(),) if "key" in lowered else ()
    return (*_BEFORE_TOKENS, *rules_for(lowered), *_AFTER_TOKENS, *by_name, *of_services, *_LAST)


def _has_a_word(lowered: str) -> bool:
    for word in WORDS:  # noqa: SIM110  (`any` takes three times as long, and most of what is masked is short)
        if word in lowered:
            return True
    return False
