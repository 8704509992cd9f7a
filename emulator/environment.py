"""Variables of the environment: those of the caller that must not reach the embedded account, and the file that a
shell reads to work with a running one: `. .embedded/env`."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

_HERE = "127.0.0.1,localhost"


def ignore_caller() -> None:
    """Forget the caller's AWS set-up and folder of environments, and reach this machine without the caller's proxy."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name == "ENVIRONMENTS"]:
        del os.environ[name]
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _HERE)))


def write(file: Path, variables: Mapping[str, str]) -> None:
    """Write `export` lines. The database's URL carries a password."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    write_private(file, "\n".join(lines) + "\n")


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else can read at any moment."""
    file.unlink(missing_ok=True)
    with open(file, "x", opener=_private) as output:
        output.write(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
