"""A test alert, sent the whole way: which channels took it and after how long, and who took its page."""

import time
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.shared.clock import now
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.incidents.words import by_way
from lambdas.shared.quantities import duration
from lambdas.vocabulary.incidents import Incident
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import Outcome
from ops.account import Account, operator

PAGED: Final = (Level.CRITICAL, Level.HIGH)
"""The levels that page whoever is on call."""
POLL_SECONDS: Final = 5.0


def send_test_alert(account: Account, level: Level) -> dict[str, Any]:
    """The report of the function `test_alert`."""
    report: dict[str, Any] = account.invoke("test_alert", level=level, requested_by=operator())
    return report


def lines_of(report: dict[str, Any]) -> list[str]:
    """The report of the function, for the operator."""
    answered = [_answered(answer) for answer in report["answers"]]
    handed = [f"{each}: handed to SNS, which does not say whether it arrived" for each in report["handed_over"]]
    return [*answered, *handed, *(f"FAILED {each}" for each in report["lost"])]


def _answered(answer: dict[str, Any]) -> str:
    if answer["outcome"] == Outcome.DELIVERED:
        return f"{answer['channel']}: answered after {answer['seconds']:.1f} s"
    return f"FAILED {answer['channel']}: {answer['outcome']} (its reason is in the log of notify)"


def is_paged(account: Account, level: Level) -> bool:
    """Whether a test alert of the level pages somebody."""
    return account.environment.on_call is not None and level in PAGED


def wait_for_answer(account: Account, since: datetime, patience: timedelta) -> Incident | None:
    """The test page that opened after `since`: once somebody took it, or as it is when the time is over."""
    table = IncidentTable(account.client("dynamodb"), physical_name(account.environment, "incidents"))
    until = now() + patience
    while True:
        found = next((one for one in table.newest(5) if one.is_test and one.opened_at >= since), None)
        if (found and not found.is_open) or now() >= until:
            return found
        time.sleep(POLL_SECONDS)


def line_of_page(page: Incident | None) -> str:
    """Who was paged, and who took it after how long."""
    if page is None:
        return "FAILED page: no incident was opened (its reason is in the logs of notify and incident)"
    paged = f"paged {', '.join(page.paged) or 'nobody'}"
    if not page.first_taken_at:
        return f"FAILED page: {paged}, and nobody has taken it yet (ops … incidents show {page.number})"
    took = duration(page.first_taken_at - page.opened_at)
    return f"{paged}: {page.taken_by} took it after {took} ({by_way(page.taken_via)})"
