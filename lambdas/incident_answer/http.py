"""Answers of HTTP, and the headers of all of them."""

import base64
import hashlib
from http import HTTPStatus
from typing import Any, Final

HttpAnswer = dict[str, Any]

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # an address is a key here
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_POLICY: Final = "default-src 'none'; style-src {style}; form-action {form}; base-uri 'none'; frame-ancestors 'none'"
HTML: Final = "text/html; charset=utf-8"


def page(content: bytes, style: str, status: HTTPStatus = HTTPStatus.OK) -> HttpAnswer:
    """`style` is the one style sheet that it has."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _answer(status, content.decode(), HTML, _POLICY.format(style=f"'sha256-{digest}'", form="'self'"))


def document(content: bytes) -> HttpAnswer:
    """A page without forms, which has its style in it."""
    return _answer(HTTPStatus.OK, content.decode(), HTML, _POLICY.format(style="'unsafe-inline'", form="'none'"))


def text(content: str, content_type: str) -> HttpAnswer:
    return _answer(HTTPStatus.OK, content, content_type, _POLICY.format(style="'none'", form="'none'"))


def see_other(address: str) -> HttpAnswer:
    """So that a page that is loaded anew sends nothing again."""
    return _empty(HTTPStatus.SEE_OTHER, {"Location": address})


def accepted() -> HttpAnswer:
    return _empty(HTTPStatus.OK)


def try_again() -> HttpAnswer:
    """For other systems, which then send it again."""
    return _empty(HTTPStatus.SERVICE_UNAVAILABLE)


def not_found() -> HttpAnswer:
    """For all that is unsigned or unknown: it says nothing about what there is."""
    return _empty(HTTPStatus.NOT_FOUND)


def without_body(answer: HttpAnswer) -> HttpAnswer:
    """What HEAD is answered."""
    return {**answer, "body": ""}


def _answer(status: HTTPStatus, body: str, content_type: str, policy: str) -> HttpAnswer:
    headers = {**HEADERS, "Content-Type": content_type, "Content-Security-Policy": policy}
    return {"statusCode": int(status), "headers": headers, "body": body}


def _empty(status: HTTPStatus, headers: dict[str, str] | None = None) -> HttpAnswer:
    return {"statusCode": int(status), "headers": {**HEADERS, **(headers or {})}, "body": ""}
