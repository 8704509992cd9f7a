"""Users meet errors that no probe sees: the API's own log tells."""

import time
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

from embedded.backend import Backend
from embedded.console import Console
from embedded.stage import Stage
from embedded.story.alarms import Alarms, Turn
from embedded.story.messages import show
from embedded.story.people import People
from lambdas.shared.clock import now

REQUESTS = 40  # twice the number below which no rate is alarmed
PATIENCE = 20.0
WINDOW = timedelta(minutes=5)  # over which the rate is taken


def see_errors_told(stage: Stage, people: People, console: Console, backend: Backend) -> None:
    """Let requests fail, and see the alarm on their share go on by what the log's lines count, and off again."""
    console.heading("Believe the API's log, too")
    name, alarms = stage.function("api-error-rate-critical"), Alarms(stage, "api-error-rate")
    backend.drill(error_rate=1)
    answers = [_status(f"{backend.url}/orders") for _ in range(REQUESTS)]
    backend.drill(error_rate=0)
    with console.step("waiting for the log's lines to be shipped and counted"):
        turn = _wait_for_turn(alarms, name)
    told = people.wait_until_told(name, turn.level, turn.at) if turn else []
    show(console, [it for it in told if it.sink == "slack"], turn.at if turn else now())
    console.claim(
        "requests that fail are counted in the API's log and told, though its health is fine",
        holds=turn is not None and people.are_called_once(told, turn.level),
        evidence=f"{answers.count(500)} of {REQUESTS} requests answered with 500; {name}: "
        + ", ".join(sorted(it.sink for it in told)),
    )
    if turn:
        (over,) = (it for it in alarms.evaluate(turn.due + 2 * WINDOW) if it.alarm == name)
        people.wait_until_told(name, over.level, over.at)  # so that it is not folded with what comes next


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310  our own backend
            return int(answer.status)
    except HTTPError as refused:
        refused.close()
        return refused.code


def _wait_for_turn(alarms: Alarms, name: str) -> Turn | None:
    """The alarm's turn, as of the end of the running minute; None when it does not come in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        turns = alarms.evaluate(now() + timedelta(minutes=1))
        if found := next((it for it in turns if it.alarm == name and it.state == "ALARM"), None):
            return found
        time.sleep(0.2)
    return None
