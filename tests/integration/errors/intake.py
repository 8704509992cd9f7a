"""An intake that a front leads to, by this machine's clock, and what clients sent it."""

import time
from datetime import timedelta
from pathlib import Path

from lambdas.error_intake.inflate import inflated
from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_intake.request import request_of
from lambdas.error_intake.settings import Settings
from lambdas.shared.clock import now
from tests.unit.lambdas.error_intake.sending import KEY, NUMBER, SETTINGS, Place

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


class RealTime(Place):
    """By this machine's clock, and what was waited."""

    waited = timedelta(0)

    @property
    def moment(self):
        return now() + self.waited

    @moment.setter
    def moment(self, _): ...

    def wait(self, seconds):
        self.waited += timedelta(seconds=seconds)


def sent_bodies(here):
    """What the client sent, decompressed."""
    requests = map(request_of, here.received)
    return [inflated(request.body, request.encodings).decode() for request in requests]


def few(number):
    """Settings with a quota of so many errors."""
    project = ProjectKeys(NUMBER, "api", (KEY,), number)
    return Settings(**{**vars(SETTINGS), "projects": (project.to_json(),)})


def wait_for_room_in_the_minute():
    """The run needs some seconds, and the quota is of a minute."""
    left = 60 - time.time() % 60
    if left < 20:
        time.sleep(left + 0.1)
