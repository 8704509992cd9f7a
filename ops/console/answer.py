"""What the console answers: to nobody but the browser that was given its address, and to no other page in it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from lambdas.operator_action.answer import SendReply
from lambdas.operator_action.done import done, shown
from lambdas.operator_view.render import show
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.surface import Local
from lambdas.operator_view.view import Message, Page
from lambdas.shared.markup import element, fragment
from lambdas.shared.texts import cut
from ops.failures import reason_of

LARGEST_FORM: Final = 16 * 1024
"""Bytes."""
_FIELDS: Final = 20
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_STYLE: Final = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; background: light-dark(#f6f7f9, #10151d); color: light-dark(#171c26, #e7ebf2); }
body > header { padding: 8px 12px; background: light-dark(#fff, #171e29); }
body > header { border-bottom: 1px solid light-dark(#e0e4ea, #2b3646); }
h1 { max-width: 1320px; margin: 0 auto; font: 600 13px/1.4 system-ui, sans-serif; }
"""
HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    # With no-referrer a browser would send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: HTTPStatus
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class TurnedAwayError(Exception):
    """A request that is not answered, with its status and the reason."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Console:
    sources: Sources
    environment: str
    """Its name."""
    operator: str
    """Who is written down as having done what is done here."""
    port: int
    send_reply: SendReply | None = None
    """Where incidents are."""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    """In the address that is printed: another user of this machine does not know it."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    """In each form."""

    @property
    def cookie(self) -> str:
        """Cookies know no ports: two consoles have two names."""
        return f"console{self.port}"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/?key={self.key}"

    def answer(self, request: Request) -> Answer:
        try:
            self._refuse_foreign(request)
            if self._has_key(request):
                entered = {
                    "Location": "/",
                    "Set-Cookie": f"{self.cookie}={self.key}; HttpOnly; SameSite=Strict; Path=/",
                }
                return Answer(HTTPStatus.SEE_OTHER, "", entered)
            self._refuse_strangers(request)
            return Answer(HTTPStatus.OK, self._document(self._content(request)))
        except TurnedAwayError as error:
            return Answer(error.status, self._document(_said(str(error))))
        except Exception as error:  # noqa: BLE001 - AWS, mostly; the next request may be answered
            return Answer(HTTPStatus.BAD_GATEWAY, self._document(_said(reason_of(error)[0])))

    def _refuse_foreign(self, request: Request) -> None:
        """Names that somebody makes point here (DNS rebinding), and other paths."""
        if request.headers.get("host") not in self._hosts():
            raise TurnedAwayError(HTTPStatus.MISDIRECTED_REQUEST, "This is not the address of the console.")
        if urlsplit(request.target).path != "/":
            raise TurnedAwayError(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def _hosts(self) -> tuple[str, str]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def _has_key(self, request: Request) -> bool:
        key = dict(parse_qsl(urlsplit(request.target).query)).get("key", "")
        return request.method == "GET" and _same(key, self.key)

    def _refuse_strangers(self, request: Request) -> None:
        try:
            cookie = SimpleCookie(request.headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            cookie = None
        if cookie is None or not _same(cookie.value, self.key):
            raise TurnedAwayError(HTTPStatus.FORBIDDEN, "Open the address that ops printed.")

    def _content(self, request: Request) -> str:
        if request.method == "POST":
            return self._acted(request)
        return show(dict(parse_qsl(urlsplit(request.target).query, max_num_fields=_FIELDS)), self.sources, self._page())

    def _acted(self, request: Request) -> str:
        origin = request.headers.get("origin", "")
        if origin not in {f"http://{host}" for host in self._hosts()}:
            raise TurnedAwayError(HTTPStatus.FORBIDDEN, "The form is not of this page.")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), max_num_fields=_FIELDS))
        if not _same(form.get("token", ""), self.token):
            raise TurnedAwayError(HTTPStatus.FORBIDDEN, "The form is of another run: load the page anew.")
        payload = _payload(form.get("payload", ""))
        message = done(payload, self.environment, self.sources, self.operator, self.send_reply)
        return shown(payload, self.sources, self._page(message))

    def _page(self, message: Message | None = None) -> Page:
        return Page(Local(self.token), self.sources.at, message=message)

    def _document(self, content: str) -> str:
        name = fragment(element("h1", self.environment))
        title = fragment(element("title", f"{self.environment} · operator's view"))
        return (
            "<!doctype html>\n"
            '<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{title}<style>{_STYLE}</style></head>"
            f"<body><header>{name}</header><main>{content}</main></body></html>\n"
        )


def _payload(written: str) -> dict[str, Any]:
    try:
        payload = json.loads(written)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise TurnedAwayError(HTTPStatus.BAD_REQUEST, "The form has no action.")
    return payload


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(), expected.encode())


def _said(reason: str) -> str:
    return fragment(element("p", cut(reason, 500), style="padding: 2rem; font-family: system-ui"))
