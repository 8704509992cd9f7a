"""Layer `sdk`: botocore, for code that runs on an instance; Lambda's own runtime brings it."""

from pathlib import Path, PurePosixPath
from typing import Final

from layers.target import Target
from layers.wheels import fetch, importable, unpack

PACKAGES: Final = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")
SERVICES: Final = ("s3", "secretsmanager")
"""Whose descriptions are brought along: those that functions near the database call.  All of them have 25 MB."""


def assemble(python: Path, target: Target) -> None:
    for wheel in fetch(PACKAGES, target).values():
        unpack(wheel, python, _place)


def _place(name: str) -> str | None:
    match PurePosixPath(name).parts:
        case ("botocore", "data", service, _, *_) if service not in SERVICES:
            return None
        case ("botocore", "data", _, _, "examples-1.json"):
            return None
    return importable(name)
