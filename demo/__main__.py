"""`python -m demo run|up|down`; the Makefile's targets of the same names."""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from emulator import environment, process

process.exit_on_signals()  # before the imports below, which take a second

from demo.console import Console
from demo.every_job import home_of, run_every_job
from demo.foreign_database import check_connection
from demo.made_up_history import MOST_DAYS
from demo.start import ENVIRONMENT, Started, alone_in, clients_of_errors, start_all
from demo.story.alarms import show_silence_alarms
from demo.story.alerts import show_alerts_delivered
from demo.story.backup import back_up, measure_recovery_points, show_restore_proven
from demo.story.checklist import show_checklist
from demo.story.damage import reject_damaged_backups
from demo.story.errors import Story
from demo.story.errors_in_log import show_errors_alerted
from demo.story.findings import show_finding_delivered, show_test_alert_delivered
from demo.story.outage import show_outage, show_status_page
from demo.story.people import People
from demo.story.prober import Prober
from emulator.account import ROOT
from emulator.errors import EmulatorError
from emulator.stage import InvocationError
from stacks.settings import load

UP = ROOT / ".embedded"
RUN = UP / "run"
"""Apart from what `make up` left running, so that neither disturbs the other."""


def run() -> bool:
    """Show everything; true when every claim was checked and true."""
    console = Console()
    with alone_in(RUN):
        try:
            started = _started(console, RUN, outlives_parent=False)
            started.stage.account.pause_schedules()
            show_silence_alarms(started.stage, console)
            manifest = back_up(started.stage, console)
            show_restore_proven(started.stage, console, manifest)
            measure_recovery_points(started.stage, console)
            reject_damaged_backups(started.stage, console, manifest)
            _show_trouble(started, console)
            Story(started.stage, People(started.stage.environment.alerts, started.inboxes), console, RUN).show()
            show_status_page(started.stage, console, UP)
            show_checklist(started.stage, console)
        finally:
            process.stop_recorded(RUN)
    return console.verdict()


def _show_trouble(started: Started, console: Console) -> None:
    prober, people = Prober(started.stage), People(started.stage.environment.alerts, started.inboxes)
    changes = show_outage(prober, console, started.backend)
    show_alerts_delivered(prober, people, console, started.backend, changes)
    show_errors_alerted(started.stage, people, console, started.backend)
    show_finding_delivered(started.stage, people, console)
    show_test_alert_delivered(started.stage, console)


def up(days: int) -> bool:
    """Leave everything running and say how to reach it; `days` of the status page's history are made up."""
    console, file = Console(), UP / "env"
    names = load(ENVIRONMENT, ROOT / "environments").names
    changes = {"uptime": {"status_page_title": f"{names.title} status (made-up history)"}} if days else {}
    with alone_in(UP):
        down()
        try:
            started = _started(console, UP, outlives_parent=True, changes=changes)
            run_every_job(started.stage, console, days)
            started.inboxes.show(home_of(started.stage, days))
        except BaseException:
            process.stop_recorded(UP)
            raise
        environment.write(
            file,
            {
                **started.stage.account.client_environment(),
                "DATABASE_URL": started.database_url,
                "BACKEND_URL": started.backend.url,
                "INBOXES_URL": started.inboxes.url,
                **clients_of_errors(started.stage),
            },
        )
    console.fact(f"home page: {started.inboxes.url}/")
    console.fact(f"status page: http://{started.stage.status_page_host}/ (written every five minutes)")
    console.heading(f"Running. Use it with: . {file.relative_to(Path.cwd())}   Stop it with: make down")
    return True


def down() -> bool:
    """Stop what `up` started."""
    (UP / "env").unlink(missing_ok=True)
    for name in process.stop_recorded(UP):
        print(f"stopped {name}")
    return True


def _started(
    console: Console, directory: Path, *, outlives_parent: bool, changes: Mapping[str, Any] | None = None
) -> Started:
    console.heading("Deploy")
    shutil.rmtree(directory / "tmp", ignore_errors=True)
    foreign_url = os.environ.get("DATABASE_URL") or None
    if foreign_url:
        with console.step("connecting to your database"):
            check_connection(foreign_url)
    return start_all(console, directory, foreign_url, outlives_parent=outlives_parent, changes=changes)


def main() -> int:
    parser = argparse.ArgumentParser(prog="embedded", description=__doc__)
    parser.add_argument("command", choices=("run", "up", "down"))
    parser.add_argument("--history", type=int, choices=range(MOST_DAYS + 1), default=0, metavar="DAYS")
    environment.ignore_caller()
    options = parser.parse_args()
    try:
        commands: dict[str, Callable[[], bool]] = {"run": run, "up": partial(up, options.history), "down": down}
        holds = commands[options.command]()
    except (EmulatorError, InvocationError) as error:
        print(f"\nstopped: {error}", file=sys.stderr)
        return 1
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
