"""Sends what a program writes to its log on to CloudWatch Logs: `python -m emulator.log_shipper <file> <log group>`.

What the `awslogs` driver of ECS or the CloudWatch agent does at AWS.  Reads the file as it grows, and from its start
again when it was begun anew.
"""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from emulator import process
from emulator.account import ROOT, Account
from emulator.process import Child

POLL_SECONDS = 0.2
MOST_EVENTS = 1000
"""In one call; CloudWatch takes 10 000."""


def start(account: Account, directory: Path, log: Path, group: str, *, outlives_parent: bool) -> Child:
    """Ship `log` in a child process; the group must be there by then."""
    return process.start(
        f"{log.stem}-shipper",
        [sys.executable, "-m", "emulator.log_shipper", str(log), group],
        directory=directory,
        environment={**account.client_environment(), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        outlives_parent=outlives_parent,
    )


def grown(log: Path) -> Iterator[list[str]]:
    """The whole lines that were added since the last time, again and again; waits between."""
    position = 0
    while True:
        if log.stat().st_size < position:
            position = 0
        with log.open("rb") as file:
            file.seek(position)
            lines = [line for line in file.readlines() if line.endswith(b"\n")]
        position += sum(map(len, lines))
        yield [line.decode(errors="replace").rstrip() for line in lines]
        time.sleep(POLL_SECONDS)


def ship(logs: Any, log: Path, group: str) -> None:
    """Send every line for ever, a call for each batch; raises ClientError when the account refuses."""
    stream = f"{log.stem}/{time.time_ns()}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    for lines in grown(log):
        moment = time.time_ns() // 1_000_000
        events = [{"timestamp": moment, "message": line} for line in lines if line]
        for first in range(0, len(events), MOST_EVENTS):
            batch = events[first : first + MOST_EVENTS]
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    log, group = Path(sys.argv[1]), sys.argv[2]
    try:
        ship(boto3.client("logs", config=Config(retries={"max_attempts": 5})), log, group)
    except ClientError as error:
        sys.exit(f"{log} is not shipped to {group}: {error}")


if __name__ == "__main__":
    main()
