"""The inboxes as a child process, and what has arrived in them."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from demo.home.content import Source
from demo.inboxes.inbox import Arrival
from demo.inboxes.receivers import SENTRY_KEY, SENTRY_PROJECT, SLACK_TOKEN
from emulator import process
from emulator.account import ROOT
from emulator.errors import EmulatorError
from emulator.waiting import wait_for

START_SECONDS = 20.0


@dataclass(frozen=True)
class RunningInboxes:
    http_port: int
    smtp_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def slack_url(self) -> str:
        return f"{self.url}/services/{SLACK_TOKEN}"

    @property
    def sentry_dsn(self) -> str:
        return f"http://{SENTRY_KEY}@127.0.0.1:{self.http_port}/{SENTRY_PROJECT}"

    def variables(self) -> dict[str, str]:
        """For the account: where e-mails and text messages go."""
        return {"MAIL_SERVER": f"127.0.0.1:{self.smtp_port}", "TELEPHONE_NETWORK": f"{self.url}/sms"}

    def received(self, inbox: str = "", since: datetime | None = None) -> list[Arrival]:
        """What has arrived, oldest first."""
        arrivals = [Arrival(**written) for written in self._get()["received"]]
        return [
            arrival
            for arrival in arrivals
            if inbox in ("", arrival.inbox) and (since is None or datetime.fromisoformat(arrival.at) >= since)
        ]

    def attempts(self, inbox: str) -> int:
        """How many requests the inbox had, failed ones included."""
        return int(self._get()["attempts"].get(inbox, 0))

    def wait_for(self, inbox: str, holds: Callable[[Arrival], bool], seconds: float) -> Arrival:
        """The first arrival of which `holds`; raises EmulatorError when none comes in time."""
        if found := wait_for(lambda: next(filter(holds, self.received(inbox)), None), seconds):
            return found
        last = [arrival.text for arrival in self.received(inbox)][-3:]
        raise EmulatorError(f"what was expected at {inbox} did not come within {seconds:.0f} s; the last were {last}")

    def misbehave(self, inbox: str, **how: Any) -> None:
        """The fields of `Misbehaviour`; without any, behave again."""
        self._post("misbehave", {"inbox": inbox, **how})

    def show(self, home: Source) -> None:
        """Serve the home page of this account from now on."""
        self._post("home", home.as_dict())

    def _post(self, path: str, document: dict[str, Any]) -> None:
        request = Request(f"{self.url}/{path}", json.dumps(document).encode(), method="POST")  # noqa: S310 - our own child
        urlopen(request, timeout=10).close()  # noqa: S310 - the same

    def _get(self) -> dict[str, Any]:
        with urlopen(f"{self.url}/received", timeout=10) as answer:  # noqa: S310 - the same
            document: dict[str, Any] = json.load(answer)
        return document


def start(directory: Path, *, outlives_parent: bool = False) -> RunningInboxes:
    child = process.start(
        "inboxes",
        [sys.executable, "-m", "demo.inboxes"],
        directory=directory,
        environment={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        outlives_parent=outlives_parent,
    )
    child.wait_until(lambda: "smtp" in child.log.read_text(), START_SECONDS)
    ports = json.loads(child.log.read_text().splitlines()[0])
    return RunningInboxes(ports["http"], ports["smtp"])
