"""The file that a shell reads to work with a running embedded account: `. .embedded/env`."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path


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
