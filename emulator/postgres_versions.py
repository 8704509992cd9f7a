"""Servers of other major versions: with TLS and libraries of the system, or with ICU and libraries of their own."""

import subprocess
from pathlib import Path

from emulator.errors import EmulatorError
from layers import postgresql
from layers.store import built
from layers.target import this_machine

MAJORS = tuple(postgresql.RELEASES)


def programs(major: int) -> Path:
    """The folder of the programs of a major version, downloaded the first time.

    Raises `EmulatorError` when this system lacks a library that they need, and LayerError when they cannot be had.
    """
    release = postgresql.RELEASES[major].tools
    found = built(f"postgresql-{release}", lambda destination: _unpack(major, destination)) / "bin"
    if missing := missing_libraries(found / "postgres"):
        raise EmulatorError(
            f"PostgreSQL {release} needs {', '.join(missing)}: install it with the system's package manager"
        )
    return found


def programs_with_icu(major: int) -> Path:
    """The folder of a server (and `initdb`) that sorts by ICU; it has all libraries that it needs, and no TLS."""
    release = postgresql.RELEASES[major].server
    return built(f"postgresql-icu-{release}", lambda destination: _unpack_with_libraries(major, destination)) / "bin"


def missing_libraries(program: Path) -> list[str]:
    """The shared libraries of a program that the loader does not find here."""
    command = ["ldd", str(program)]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [line.split()[0] for line in listing.splitlines() if "not found" in line]


def _unpack(major: int, destination: Path) -> None:
    for file in postgresql.programs(major, this_machine().architecture):
        postgresql.place(file, destination / file.path)


def _unpack_with_libraries(major: int, destination: Path) -> None:
    postgresql.place_server(major, this_machine().architecture, destination)
