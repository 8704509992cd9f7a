"""The real sentry-cli, run against the embedded account as a pipeline would run it against AWS."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emulator.account import NODE, ROOT
from emulator.errors import EmulatorError

CLI = ROOT / "node_modules" / "sentry-cli-3" / "bin" / "sentry-cli"


@dataclass(frozen=True)
class SentryCli:
    """`variables` are those by which it finds the tracker: `SENTRY_URL` and the like."""

    directory: Path
    variables: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        """What it wrote; raises EmulatorError with it when it failed."""
        command = [str(NODE / "node"), str(CLI), *arguments]
        done = subprocess.run(
            command, cwd=self.directory, env=dict(self.variables), capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it wrote nothing"]
            raise EmulatorError(f"sentry-cli {' '.join(arguments)}: {said[-1]}")
        return done.stdout
