"""A private directory on the function's disk that is gone afterwards, whatever happens in between."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = "restore-verification-"
_LOCK = "in-use.lock"


@contextmanager
def workspace() -> Iterator[Path]:
    """A new directory that only this user can enter.

    First those are removed that killed invocations left behind: a warm function keeps its disk.
    """
    _remove_leftovers()
    directory = Path(tempfile.mkdtemp(prefix=_NAME))
    lock = os.open(directory / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it when this process dies
        yield directory
    finally:
        shutil.rmtree(directory)
        os.close(lock)


def free_bytes(directory: Path) -> int:
    disk = os.statvfs(directory)
    return disk.f_bavail * disk.f_frsize


def _remove_leftovers() -> None:
    for directory in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        if not _in_use(directory / _LOCK):
            shutil.rmtree(directory, ignore_errors=True)


def _in_use(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
