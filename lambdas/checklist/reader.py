"""Reads the account: each question to AWS is asked once for all checks, and whole or not at all.

A listing of which a page is missing is no listing: a check that saw the first page only would pass or fail by chance.
"""

import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.clock import Clock, now
from lambdas.vocabulary.checklist import Call

DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "AuthorizationErrorException",
    }
)
THROTTLED: Final = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown"}
)
Client = Callable[[str], Any]
"""The client of a service by its name."""


class UnreadableError(Exception):
    """AWS did not answer a question; the message is one line with the action and the reason."""


@dataclass
class Answers:
    """What AWS answered so far, for all checks of one run; they ask side by side."""

    client: Client
    clock: Clock = now
    _asked: dict[tuple[str, ...], "Future[tuple[Any, Call]]"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, key: tuple[str, ...], action: str, ask: Callable[[], Any]) -> tuple[Any, Call]:
        """What `ask` gives, asked once for a `key`; an error is everybody's who asks the same."""
        with self._lock:
            is_first = key not in self._asked
            future = self._asked.setdefault(key, Future())
        if is_first:
            try:
                future.set_result((ask(), Call(action, self.clock())))
            except BaseException as error:  # noqa: BLE001  (whoever waits for it is to see it)
                future.set_exception(error)
        return future.result()


@dataclass
class Reader:
    """One check's view of the answers: it notes the calls that the check's answer rests on.

    Every method raises UnreadableError.  `absent` are error codes that mean that the thing is not there.
    """

    answers: Answers
    calls: list[Call] = field(default_factory=list)

    def get(self, service: str, operation: str, *, absent: Iterable[str] = (), **asked: Any) -> dict[str, Any] | None:
        """One answer, such as that of `get("sts", "get_caller_identity")`; None for what is absent."""
        client = self.answers.client(service)
        found: dict[str, Any] | None = self._noted(
            service, operation, asked, absent, lambda: getattr(client, operation)(**asked)
        )
        return found

    def pages(
        self, service: str, operation: str, key: str, *, absent: Iterable[str] = (), **asked: Any
    ) -> tuple[Any, ...]:
        """All of a listing, every page of it, under `key` of the answers; empty for what is absent."""
        client = self.answers.client(service)

        def ask() -> tuple[Any, ...]:
            pages = client.get_paginator(operation).paginate(**asked)
            return tuple(each for page in pages for each in page.get(key) or ())

        return self._noted(service, f"{operation} {key}", asked, absent, ask) or ()

    def read(self, service: str, what: str, ask: Callable[[Any], Any], *, absent: Iterable[str] = ()) -> Any:
        """What `ask` finds with a client, such as the newest proven backup; `what` names it, once for all checks."""
        client = self.answers.client(service)
        return self._noted(service, what, {}, absent, lambda: ask(client))

    def _noted(
        self, service: str, operation: str, asked: dict[str, Any], absent: Iterable[str], ask: Callable[[], Any]
    ) -> Any:
        key = (service, operation, json.dumps(asked, sort_keys=True, default=str))
        action = f"{service}:{_as_iam_names(operation)}"
        try:
            found, call = self.answers.answer(key, action, ask)
        except ClientError as error:
            if _code(error) in set(absent):
                return None
            raise UnreadableError(_reason(action, error)) from error
        except BotoCoreError as error:
            raise UnreadableError(f"{action}: {error}") from error
        self.calls.append(call)
        return found


def _as_iam_names(operation: str) -> str:
    name, _, _ = operation.partition(" ")
    return "".join(part.title() for part in name.split("_")) if "_" in name else operation


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _reason(action: str, error: ClientError) -> str:
    code = _code(error)
    if code in DENIED:
        return f"{action} was denied: the role of the function checklist has no right to it (deploy the stack reviews)"
    if code in THROTTLED:
        return f"{action} was throttled by AWS: ask again in a minute"
    message = error.response.get("Error", {}).get("Message", "")
    return f"{action}: {code} {message}".rstrip()
