"""Layer `error_tracking`: brotli, which SDKs compress with."""

from pathlib import Path
from typing import Final

from layers.target import Target
from layers.wheels import fetch, importable, unpack

PACKAGES: Final = ("brotli",)


def assemble(python: Path, target: Target) -> None:
    for wheel in fetch(PACKAGES, target).values():
        unpack(wheel, python, importable)
