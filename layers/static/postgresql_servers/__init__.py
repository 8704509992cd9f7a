"""PostgreSQL servers of several major versions for restore checks, which run from wherever this package lies.

They look for their libraries and shared files beside themselves and need no environment variable.
"""

import tarfile
from pathlib import Path

from zstandard import ZstdDecompressor

_FOLDER = Path(__file__).parent / "lib"
MAJORS = tuple(sorted(int(folder.name) for folder in _FOLDER.iterdir() if folder.name.isdigit()))
SUPERUSER = "postgres"


def postgres(major: int) -> Path:
    """The server's program; beside it is nothing else that runs."""
    return _FOLDER / str(major) / "bin/postgres"


def extensions(major: int) -> frozenset[str]:
    """The extensions that a server of this major version can create."""
    controls = (_FOLDER / str(major) / "share/postgresql/extension").glob("*.control")
    return frozenset(control.stem for control in controls)


def make_data_directory(major: int, directory: Path) -> None:
    """Make an empty UTF8 data directory in which `postgres -D` starts.

    It trusts every connection, so it belongs behind a socket in a private directory.
    """
    directory.mkdir(mode=0o700)
    archive = _FOLDER / str(major) / "data.tar.zst"
    with (
        archive.open("rb") as packed,
        ZstdDecompressor().stream_reader(packed) as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as members,
    ):
        for member in members:  # by hand: the archive is our own, and extractall differs between Pythons
            path, content = directory / member.name, members.extractfile(member)
            if content is None:
                path.mkdir(mode=0o700)
            else:
                path.write_bytes(content.read())
                path.chmod(0o600)
