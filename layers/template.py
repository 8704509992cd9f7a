"""A new, empty data directory of one major version, packed: in a function's sandbox `initdb` itself cannot run.

It is made by this machine's build of the server and serves the other architecture too: both are 64-bit and
little-endian with the same alignment, which is all that PostgreSQL asks of a data directory.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Final

import zstandard

from layers import postgresql
from layers.store import built, source_key
from layers.target import this_machine
from layers.wheels import LayerError

# Nothing of the machine it is made on: no locale but those that the server brings, no time zone, no own settings.
_ENVIRONMENT: Final = {"PATH": "/nonexistent", "LC_ALL": "C", "TZ": "UTC"}
_OPTIONS: Final = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
)
# Options that came with a major version.
_SINCE: Final = {18: ("--no-data-checksums",)}

ARCHIVE: Final = "template_data_directory.tar.zst"


def template_data_directory(major: int) -> Path:
    """The packed data directory, made the first time it is wanted."""
    return built(f"template-{major}-{source_key()}", lambda destination: _make(major, destination)) / ARCHIVE


def _make(major: int, destination: Path) -> None:
    with tempfile.TemporaryDirectory(dir=destination) as folder:
        server, data = Path(folder) / "server", Path(folder) / "data"
        postgresql.place_server(major, this_machine().architecture, server)
        _initialize(server / "bin/initdb", data, major)
        _pack(data, destination / ARCHIVE)


def _initialize(initdb: Path, data: Path, major: int) -> None:
    options = [*_OPTIONS, *(option for since, those in _SINCE.items() if major >= since for option in those)]
    command = [*_as_other_user(), str(initdb), "--pgdata", str(data), *options]
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise LayerError(f"the template data directory cannot be made: {reason} (run as a normal user, not as root)")


def _as_other_user() -> list[str]:
    """PostgreSQL refuses to run as root: then another uid is put in front of it, with access to the same files."""
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare is None:
        raise LayerError("initdb does not run as root and `unshare` (util-linux) is not there: run as a normal user")
    return [unshare, "--user", "--map-user=1000", "--map-group=1000"]


def _pack(data: Path, archive: Path) -> None:
    with (
        archive.open("wb") as file,
        zstandard.ZstdCompressor(level=12).stream_writer(file) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for path in sorted(data.rglob("*")):
            tar.add(path, path.relative_to(data), recursive=False, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member
