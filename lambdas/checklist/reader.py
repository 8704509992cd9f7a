"""Reads the account: each question to AWS is asked once for all checks, and whole or not at all.

A listing of which a page is missing is no listing: a check that saw the first page only would pass or fail by chance.
"""

import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
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
_NAMED_OTHERWISE: Final = {
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
}
"""Operations whose right has another name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


class UnreadableError(Exception):
    """AWS did not answer a question; the message is one line with the action and the reason."""


@dataclass
class _NotingClient:
    """A client that notes what is asked by it, each action once."""

    client: Any
    service: str
    clock: Clock
    calls: dict[str, Call] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name == "get_paginator":
            return self._paginator
        found = getattr(self.client, name)
        return partial(self._called, name, found) if callable(found) else found

    def _called(self, operation: str, ask: Callable[..., Any], **asked: Any) -> Any:
        self._note(operation)
        return ask(**asked)

    def _paginator(self, operation: str) -> Any:
        self._note(operation)
        return self.client.get_paginator(operation)

    def _note(self, operation: str) -> None:
        action = action_of(self.service, operation)
        self.calls.setdefault(action, Call(action, self.clock()))


@dataclass(frozen=True)
class _Answered:
    found: Any
    error: BaseException | None
    calls: tuple[Call, ...]


@dataclass
class Answers:
    """What AWS answered so far, for all checks of one run; they ask side by side."""

    client: Client
    clock: Clock = now
    _asked: dict[tuple[str, ...], "Future[_Answered]"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, key: tuple[str, ...], service: str, ask: Callable[[Any], Any]) -> _Answered:
        """What `ask` finds by the client, asked once for a `key`; an error is everybody's who asks the same."""
        with self._lock:
            is_first = key not in self._asked
            future = self._asked.setdefault(key, Future())
        if is_first:
            future.set_result(self._ask(service, ask))
        return future.result()

    def _ask(self, service: str, ask: Callable[[Any], Any]) -> _Answered:
        found, error, calls = None, None, dict[str, Call]()
        try:
            client = _NotingClient(self.client(service), service, self.clock, calls)
            found = ask(client)
        except BaseException as raised:  # noqa: BLE001  (whoever waits for it is to see it)
            error = raised
        return _Answered(found, error, tuple(calls.values()))


@dataclass
class Reader:
    """One check's view of the answers: it notes the calls that the check's answer rests on.

    Every method raises UnreadableError.  `absent` are error codes that mean that the thing is not there.
    """

    answers: Answers
    calls: list[Call] = field(default_factory=list)

    def get(self, service: str, operation: str, *, absent: Iterable[str] = (), **asked: Any) -> dict[str, Any] | None:
        """One answer, such as that of `get("sts", "get_caller_identity")`; None for what is absent."""
        found: dict[str, Any] | None = self._noted(
            service, operation, asked, absent, lambda client: getattr(client, operation)(**asked)
        )
        return found

    def pages(
        self, service: str, operation: str, key: str, *, absent: Iterable[str] = (), **asked: Any
    ) -> tuple[Any, ...]:
        """All of a listing, every page of it, under `key` of the answers; empty for what is absent."""

        def ask(client: Any) -> tuple[Any, ...]:
            pages = client.get_paginator(operation).paginate(**asked)
            return tuple(each for page in pages for each in page.get(key) or ())

        return self._noted(service, f"{operation} {key}", asked, absent, ask) or ()

    def read(self, service: str, what: str, ask: Callable[[Any], Any], *, absent: Iterable[str] = ()) -> Any:
        """What `ask` finds with a client, such as the newest proven backup; `what` names it, once for all checks."""
        return self._noted(service, what, {}, absent, ask)

    def _noted(
        self, service: str, what: str, asked: dict[str, Any], absent: Iterable[str], ask: Callable[[Any], Any]
    ) -> Any:
        answered = self.answers.answer((service, what, json.dumps(asked, sort_keys=True, default=str)), service, ask)
        action = answered.calls[-1].action if answered.calls else service
        try:
            if answered.error:
                raise answered.error
        except ClientError as error:
            if _code(error) in set(absent):
                return None
            raise UnreadableError(_reason(action, error)) from error
        except BotoCoreError as error:
            raise UnreadableError(f"{action}: {error}") from error
        self.calls.extend(answered.calls)
        return answered.found


def action_of(service: str, operation: str) -> str:
    """As IAM names what a client's method asks for."""
    action = f"{service}:{_as_iam_names(operation)}"
    return _NAMED_OTHERWISE.get(action, action)


def _as_iam_names(operation: str) -> str:
    return "".join(part.title() for part in operation.split("_")).replace("Db", "DB")


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
