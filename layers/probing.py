"""Layer `probing`: HTTP/1.1 as a state machine, and connecting to whichever address of a host answers first."""

from pathlib import Path
from typing import Final

from layers.target import Target
from layers.wheels import fetch, importable, unpack

PACKAGES: Final = ("h11", "aiohappyeyeballs")


def assemble(python: Path, target: Target) -> None:
    for wheel in fetch(PACKAGES, target).values():
        unpack(wheel, python, importable)
