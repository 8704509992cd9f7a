"""Alarms are evaluated by themselves every few seconds, as CloudWatch does every minute, until a drill pauses it."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from emulator.ministack.alarms.evaluation import evaluate_alarms

EVALUATION_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass
class Switch:
    paused: bool = False


switch = Switch()


def register() -> None:
    """Begin with the application's first event, when its loop runs."""
    serve = app.app
    tasks: list[asyncio.Task[None]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if not tasks:
            tasks.append(asyncio.create_task(_evaluate_again_and_again()))
        await serve(scope, receive, send)

    app.app = application


async def _evaluate_again_and_again() -> None:
    while True:
        await asyncio.sleep(EVALUATION_SECONDS)
        if not switch.paused:
            try:
                evaluate_everywhere()
            except Exception:  # noqa: BLE001  one alarm that cannot be evaluated must not end the evaluation of all
                _log.exception("the evaluation of alarms failed; it is tried again")


def evaluate_everywhere() -> None:
    """Evaluate the alarms of every account and region that has some."""
    for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
        with request_scope(account, region):
            evaluate_alarms(datetime.now(UTC))
