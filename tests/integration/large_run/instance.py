"""Instances that run the script of a large run, as tests look at them."""

import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from emulator.machine import host
from lambdas.large_run.user_data import Instructions, user_data
from lambdas.vocabulary.large_runs import JOBS
from layers.target import this_machine
from tests.integration.emulator.waiting import until

BUCKET, ASSETS = "junkos-test-backups", "cdk-test-assets"
SECONDS = 180


@dataclass(frozen=True)
class Assets:
    code: str
    layers: tuple
    """The last one is the smallest."""


@dataclass
class Instance:
    machine: host.Machine
    s3: object
    folder: str

    def ended(self):
        """Until it has shut itself down."""
        until(lambda: not self.machine.is_running, SECONDS)
        return self

    def processes(self):
        """Those that came of the script, by their ids."""
        found, new = set(), {self.machine.process.pid}
        while new := {child for parent in new for child in _children(parent)} - found:
            found |= new
        return found

    def shut_down(self):
        """As systemd does it."""
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    @property
    def result(self):
        return json.loads(self.read("result.json"))

    @property
    def log(self):
        return self.read("log.jsonl").decode()

    @property
    def lines(self):
        """Those of the log that the function wrote as JSON."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    def read(self, name):
        return self.s3.get_object(Bucket=BUCKET, Key=self.folder + name)["Body"].read()

    def written(self):
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=self.folder).get("Contents", ())
        return {entry["Key"].removeprefix(self.folder) for entry in listed}


def _children(parent):
    with suppress(OSError):
        return {int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}
    return set()


def is_there(process):
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@dataclass
class Instances:
    endpoint: str
    s3: object
    assets: Assets
    directory: Path

    def __post_init__(self):
        self._started = []

    def start(self, function="probe", event=None, programs=None, **changes):
        """With `programs`, texts of scripts by name, which come before those of the machine."""
        number = len(self._started)
        run = f"{self.directory.name}-{number}"
        instructions = Instructions(
            function=function,
            event=event if isinstance(event, str) else json.dumps(event),
            variables={"ENVIRONMENT": "test", "POWERTOOLS_LOG_LEVEL": "INFO"},
            code=self.assets.code,
            layers=self.assets.layers if function in JOBS else self.assets.layers[-1:],
            python=this_machine().python_version,
            region="us-east-1",
            results=f"s3://{BUCKET}/_runs/{function}/{run}/",
            seconds=3600,
        )
        script = user_data(replace(instructions, **changes))
        variables = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "the-role's-secret-key",
        }
        machine = host.start(self.directory / str(number), script, variables, self._programs(number, programs or {}))
        self._started.append(machine)
        return Instance(machine, self.s3, f"_runs/{function}/{run}/")

    def run(self, *arguments, **options):
        return self.start(*arguments, **options).ended()

    def close(self):
        for machine in self._started:
            machine.end()

    def _programs(self, number, scripts):
        folder = self.directory / f"programs-{number}"
        folder.mkdir()
        for name, text in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        return folder
