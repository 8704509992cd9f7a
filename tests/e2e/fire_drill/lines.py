"""Lines of the API's and of PostgreSQL's log, in a good minute and in the worst one."""

import io
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from datetime import datetime
from typing import Any

from demo.sample import backend
from lambdas.vocabulary.log_contract import Event

REQUESTS = 20
MILLISECONDS, MILLISECONDS_IN_TROUBLE = 20.0, 25_000.0
IN_TROUBLE = [500, 429, 429] * 80
IN_SOME_TROUBLE = [200] * 170 + [500] * 15
ATTEMPTS = 60
WHO = {"client": "203.0.113.7", "user": "u-1"}


def good_minute(environment: str) -> list[str]:
    return [line for _ in range(REQUESTS) for line in _request(environment, 200, MILLISECONDS)]


def worst_minute(environment: str) -> list[str]:
    """Every third request fails, the rest are refused, all take long; and somebody is at the door."""
    requests = [line for status in IN_TROUBLE for line in _request(environment, status, MILLISECONDS_IN_TROUBLE)]
    about = {**WHO, "reason": "path traversal", "change": "administrator"}
    events = (Event.LOGIN_FAILED, Event.SUSPICIOUS_REQUEST, Event.PRIVILEGE_CHANGE)
    attempts = [line for event in events for line in _logged(environment, "warning", event, **about)]
    return requests + ATTEMPTS * attempts


def bad_minute(environment: str) -> list[str]:
    """More requests fail than may, and fewer than would be critical."""
    return [line for status in IN_SOME_TROUBLE for line in _request(environment, status, MILLISECONDS)]


def refused_logins(at: datetime) -> Iterable[str]:
    """As RDS writes them: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html"""
    stamp = f"{at:%Y-%m-%d %H:%M:%S} UTC:203.0.113.7(51234):app@junkos:[2143]:"
    return [f'{stamp}FATAL:  password authentication failed for user "app"'] * ATTEMPTS


def quiet_log(at: datetime) -> Iterable[str]:
    return [f"{at:%Y-%m-%d %H:%M:%S} UTC::@:[394]:LOG:  checkpoint starting: time"]


def _request(environment: str, status: int, took: float) -> list[str]:
    about = {"request_id": "r-1", "method": "GET", "route": "/orders", "status": status, "duration_ms": took}
    return _logged(environment, backend.level_of(status), Event.REQUEST, **about)


def _logged(environment: str, level: str, event: Event, **facts: Any) -> list[str]:
    """What the sample backend writes."""
    output = io.StringIO()
    with redirect_stdout(output):
        backend.log(level, str(event), event=event, environment=environment, **facts)
    return output.getvalue().splitlines()


def always(lines: list[str]) -> Callable[[datetime], Iterable[str]]:
    return lambda _at: lines
