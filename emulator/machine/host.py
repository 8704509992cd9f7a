"""Starts instances on this machine."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emulator.process import unprivileged

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAMS: Final = Path(__file__).with_name("programs")
SCRIPT: Final = "user-data"
CONSOLE: Final = "console.log"


@dataclass(frozen=True)
class Machine:
    process: "subprocess.Popen[bytes]"
    folder: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def console(self) -> str:
        """What the script wrote before it wrote elsewhere."""
        return (self.folder / CONSOLE).read_text(errors="replace")

    def end(self) -> None:
        """End it and all that it started, and remove its disk; harmless when it has ended."""
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(folder: Path, script: str, variables: Mapping[str, str], programs: Path | None = None) -> Machine:
    """Run `script` as the user data of an instance whose disk is `folder`, which is made.

    `variables` say how AWS is reached, and as whom; `programs` come before those that stand in for Amazon Linux's.
    """
    own = folder / "bin"
    own.mkdir(parents=True)
    (folder / SCRIPT).write_text(script)
    path = [str(programs)] if programs else []
    environment = {
        "PATH": os.pathsep.join([*path, str(PROGRAMS), str(own), "/usr/bin", "/bin", str(Path(sys.executable).parent)]),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MACHINE_FOLDER": str(folder),
        "MACHINE_ROOT": str(ROOT),
        "MACHINE_PYTHON": str(_bare_python(folder)),
        "EMULATOR_PYTHON": sys.executable,
        **variables,
    }
    with (folder / CONSOLE).open("wb") as console:
        process = subprocess.Popen(
            [*unprivileged(), sys.executable, "-m", "emulator.machine", str(folder / SCRIPT), str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Machine(process, folder)


def _bare_python(folder: Path) -> Path:
    """A Python with no package at all, as Amazon Linux installs it."""
    venv.create(folder / "python", symlinks=True)
    return folder / "python/bin/python"
