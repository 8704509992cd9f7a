"""An account of which each answer is written down, for checks to look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from lambdas.checklist.check import Check
from lambdas.checklist.evaluate import evaluate
from lambdas.checklist.settings import Settings
from lambdas.shared.service import Here
from lambdas.vocabulary.checklist import Answer

AT = datetime(2026, 11, 28, 6, tzinfo=UTC)
SETTINGS = Settings(
    environment="prod",
    owner="JunkOS backend team",
    reports="junkos-prod-reports-123456789012-us-east-1",
    backups="junkos-prod-backups-123456789012-us-east-1",
    copy_region="eu-central-1",
    point_in_time_drills=True,
    medium_topic="arn:aws:sns:us-east-1:123456789012:junkos-prod-alerts-medium",
    runbook_url="docs/runbooks",
    database="junkos",
    instance="junkos-prod-database",
    recovery_time_objective_minutes=60,
    recovery_point_objective_hours=24,
    grace_hours=2,
    backend_log="/junkos/prod/backend",
    log_retention_days=30,
    log_level="info",
    endpoints=1,
    probe_minutes=5,
    status_page=True,
    errors=True,
    projects=("api",),
    on_call=True,
    guardduty=True,
    account_changes=True,
    waivers=(),
    attestations=(),
)


@cache
def kind_of(code: str) -> type[ClientError]:
    """As a client's own exceptions are: all are ClientError."""
    return type(code, (ClientError,), {})


def refusal(code: str, message: str = "") -> ClientError:
    return kind_of(code)({"Error": {"Code": code, "Message": message}}, "Operation")


DENIED = refusal("AccessDeniedException", "User is not authorized")
THROTTLED = refusal("ThrottlingException", "Rate exceeded")


@dataclass(frozen=True)
class Account:
    """`answers` by `<service>.<operation>`: an answer, a list of pages, an error, or a function of what is asked.

    An error among pages is that of the page in its place.  What is not written down is `rest`: an empty answer, with
    what DynamoDB always gives, or an error that it raises.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    rest: Any = field(default_factory=lambda: {"Items": [], "Responses": {}})

    def client(self, service: str) -> "_Client":
        return _Client(service, self)

    def but(self, **answers: Any) -> "Account":
        """The same with other answers; `rds__describe_db_instances` means `rds.describe_db_instances`."""
        return replace(
            self, answers={**self.answers, **{key.replace("__", "."): each for key, each in answers.items()}}
        )

    def page(self, name: str, number: int, asked: Mapping[str, Any]) -> Any:
        written = self.answers.get(name, self.rest)
        if callable(written):
            written = written(**asked)
        pages = written if isinstance(written, list) else [written]
        if number >= len(pages):
            return None
        if isinstance(pages[number], Exception):
            raise pages[number]
        return pages[number]


class _Exceptions:
    def __getattr__(self, name: str) -> type[ClientError]:
        return kind_of(name)


@dataclass(frozen=True)
class _Client:
    service: str
    account: Account
    exceptions: _Exceptions = field(default_factory=_Exceptions)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **asked: self.account.page(f"{self.service}.{operation}", 0, asked)

    def get_paginator(self, operation: str) -> "_Paginator":
        return _Paginator(f"{self.service}.{operation}", self.account)


@dataclass(frozen=True)
class _Paginator:
    name: str
    account: Account

    def paginate(self, **asked: Any) -> Iterator[Any]:
        number = 0
        while (page := self.account.page(self.name, number, asked)) is not None:
            yield page
            number += 1


def ask(check: Check, account: Account, *, at: datetime = AT, **settings: Any) -> Answer:
    """What the check says of the account; `settings` differ from `SETTINGS`.

    Whatever it asked must be among its rights.
    """
    (answer,) = evaluate(
        [check], replace(SETTINGS, **settings), Here("prod", "junkos"), account.client, clock=lambda: at
    )
    asked = {call.action for call in answer.calls}
    allowed = {action for reads in check.reads for action in reads.actions}
    assert asked <= allowed, f"{check.name} has no right to {', '.join(sorted(asked - allowed))}"
    return answer
