"""Layer `prometheus`: the official client, for its parsers."""

from pathlib import Path
from typing import Final

from layers.target import Target
from layers.wheels import fetch, importable, unpack

PACKAGES: Final = ("prometheus-client",)


def assemble(python: Path, target: Target) -> None:
    for wheel in fetch(PACKAGES, target).values():
        unpack(wheel, python, importable)
