"""Users meet errors that no probe sees: the API's own log tells."""

import time
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
from lambdas.shared.clock import now

REQUESTS = 40  # twice the number below which no rate is alarmed
PATIENCE = 60.0
MINUTE, WINDOW = timedelta(minutes=1), timedelta(minutes=5)  # the rate is taken over the last five full minutes


def see_errors_told(stage: Stage, people: People, console: Console, backend: Backend) -> None:
    """Let requests fail, and see the alarm on their share go on by what the log's lines count, and off again."""
    console.heading("Count what users meet")
    name, alarms = stage.function("api-error-rate-critical"), Alarms(stage, "api-error-rate")
    before = _failures(stage)
    backend.drill(error_rate=1)
    failed = [_status(f"{backend.url}/orders") for _ in range(REQUESTS)].count(HTTPStatus.INTERNAL_SERVER_ERROR)
    backend.drill(error_rate=0)
    with console.step(f"waiting for the log lines of {failed} requests that failed"):
        _wait_for_failures(stage, before + failed)
    turns = [turn for turn in alarms.evaluate(now() + MINUTE) if turn.alarm == name]
    told = [it for turn in turns for it in people.wait_until_told(turn.names, turn.level, turn.at)]
    for turn in turns:
        show(console, [it for it in told if it.sink == "slack"], turn.at)
    console.claim(
        "requests that fail are counted by the API's own log, and told",
        holds=[turn.state for turn in turns] == ["ALARM"] and people.are_called_once(told, turns[0].level),
        evidence=f"{name}: {ways(it.sink for it in told)}",
    )
    for over in alarms.evaluate(now() + MINUTE + 2 * WINDOW):
        if over.alarm == name:  # wait, so that its end is not folded with what is told next
            people.wait_until_told(over.names, over.level, over.at)


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
    deadline = time.monotonic() + PATIENCE
    while (found := _failures(stage)) < number:
        if time.monotonic() > deadline:
            raise EmulatorError(f"only {found} of {number} failed requests came to the API's log group")
        time.sleep(0.2)
