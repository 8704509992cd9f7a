"""The deployed function in a process of its own: unprivileged, its settings as environment, the layers on its path."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from emulator.process import unprivileged
from lambdas.restore_verification.settings import Settings
from layers.build import import_path

ROOT = Path(__file__).parents[3]
RUNNER = Path(__file__).with_name("run_function.py")
# A root file system that cannot be written, one folder that can, no shared memory device, a uid without a name.
SANDBOX = """
mount -o remount,bind,ro / && mount -t tmpfs -o "mode=1777,size=$2" tmpfs "$1" && mount -t tmpfs -o ro tmpfs /dev/shm ||
    exit 77
shift 2
exec unshare --user --map-user=993 --map-group=990 "$@"
"""
AS_ROOT_OF_ITS_OWN = ("--user", "--map-root-user", "--mount")
SECRET = "the-role's-secret-key"


class FunctionError(Exception):
    """What the platform reports when the function raises."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind, self.message = kind, message


def faults(answer):
    """The checks that speak against the backup, or could not be made."""
    return [check for check in answer["checks"] if check["result"] not in {"passed", "none named"}]


@dataclass
class Function:
    process: subprocess.Popen
    answers: object
    log_file: Path
    temporary: Path

    def invoke(self, event, seconds=120):
        self.send(event, seconds)
        return self.receive()

    def send(self, event, seconds=120):
        """Invoke the function without waiting for its answer."""
        self.process.stdin.write(json.dumps({"event": event, "seconds": seconds}) + "\n")
        self.process.stdin.flush()

    def receive(self):
        answer = json.loads(self.answers.readline() or '{"error": "Crash", "message": "the process ended"}')
        if "error" in answer:
            raise FunctionError(answer["error"], answer["message"])
        return answer["result"]

    def verify(self, backup, **options):
        return self.invoke({"backup": backup}, **options)

    @property
    def log(self):
        return [json.loads(line) for line in self.log_file.read_text().splitlines() if line.startswith("{")]

    def leftovers(self):
        """Files on the temporary disk, and processes besides the function's own."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [path.name for path in self.temporary.iterdir()] + children


@contextmanager
def function(directory, endpoint, bucket, *, assertions=(), accepted=(), disk=None, memory=2048):
    """With `disk`, its megabytes, the function runs in a sandbox such as the platform's."""
    temporary = directory / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    settings = Settings("test", bucket, "orders", timedelta(hours=1), tuple(assertions), tuple(accepted))
    variables = {
        **settings.to_environment(),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "PYTHONPATH": os.pathsep.join(
            map(str, [ROOT, *map(import_path, ("postgresql_tools", "postgresql_servers", "postgres_client"))])
        ),
        "TMPDIR": str(temporary),
    }
    prefix = (
        unprivileged()
        if disk is None
        else ("unshare", *AS_ROOT_OF_ITS_OWN, "sh", "-c", SANDBOX, "sh", str(temporary), f"{disk}m")
    )
    reader, writer = os.pipe()
    log = directory / "function.log"
    with log.open("w") as output, os.fdopen(reader) as answers:
        process = subprocess.Popen(
            [*prefix, sys.executable, str(RUNNER), str(writer)],
            env=variables, stdin=subprocess.PIPE, stdout=output, stderr=output, text=True, pass_fds=[writer],
        )  # fmt: skip
        os.close(writer)
        try:
            yield Function(process, answers, log, temporary)
        finally:
            process.stdin.close()
            process.wait(30)
