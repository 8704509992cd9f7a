"""Errors that users meet and no probe sees: they are counted in the API's own log."""

from datetime import timedelta
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import urlopen

from demo.backend import Backend
from demo.console import Console
from demo.story.alarms import Alarms
from demo.story.messages import show, ways
from demo.story.people import People
from emulator.errors import EmulatorError
from emulator.stage import Stage
from emulator.waiting import wait_for
from lambdas.shared.clock import now

REQUESTS = 40  # twice the number below which no rate is alarmed
PATIENCE = 60.0
MINUTE, WINDOW = timedelta(minutes=1), timedelta(minutes=5)  # the rate is taken over the last five full minutes


def show_errors_alerted(stage: Stage, people: People, console: Console, backend: Backend) -> None:
    """Let requests fail, and show that the alarm on the error rate is raised by the log's lines, and recovers."""
    console.heading("Alarm on errors in the API's log")
    name, alarms = stage.function("api-error-rate-critical"), Alarms(stage, "api-error-rate")
    before = _failures(stage)
    backend.drill(error_rate=1)
    failed = [_status(f"{backend.url}/orders") for _ in range(REQUESTS)].count(HTTPStatus.INTERNAL_SERVER_ERROR)
    backend.drill(error_rate=0)
    with console.step(f"waiting for the log lines of {failed} requests that failed"):
        _wait_for_failures(stage, before + failed)
    changes = [change for change in alarms.evaluate(now() + MINUTE) if change.alarm == name]
    received = [it for change in changes for it in people.wait_until_received(change.names, change.level, change.at)]
    for change in changes:
        show(console, [it for it in received if it.inbox == "slack"], change.at)
    console.claim(
        "failed requests in the API's own log raise an alarm, and it is delivered",
        holds=[change.state for change in changes] == ["ALARM"] and people.have_one_each(received, changes[0].level),
        evidence=f"{name}: {ways(it.inbox for it in received)}",
    )
    for over in alarms.evaluate(now() + MINUTE + 2 * WINDOW):
        if over.alarm == name:  # wait, so that its recovery is not sent together with the next alert
            people.wait_until_received(over.names, over.level, over.at)


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310  our own backend
            return int(answer.status)
    except HTTPError as refused:
        refused.close()
        return refused.code


def _failures(stage: Stage) -> int:
    """Requests in the API's log group that were answered with 500."""
    pages = stage.client("logs").get_paginator("filter_log_events")
    group, pattern = stage.environment.backend_log_group, '{ $.event = "request" && $.status = 500 }'
    return sum(len(page["events"]) for page in pages.paginate(logGroupName=group, filterPattern=pattern))


def _wait_for_failures(stage: Stage, number: int) -> None:
    if not wait_for(lambda: _failures(stage) >= number, PATIENCE):
        raise EmulatorError(f"only {_failures(stage)} of {number} failed requests reached the API's log group")
