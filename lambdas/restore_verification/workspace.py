"""A private directory on the function's disk that is gone afterwards, whatever happens in between."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = "restore-verification-"


@contextmanager
def workspace() -> Iterator[Path]:
    """A new directory that only this user can enter.

    First those are removed that killed invocations left behind: a warm function keeps its disk.
    """
    temporary = Path(tempfile.gettempdir())
    with _locked(temporary):  # nobody takes a directory for a leftover before it is locked
        _remove_leftovers(temporary)
        directory = Path(tempfile.mkdtemp(prefix=_NAME))
        lock = os.open(directory, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it when this process dies
    try:
        yield directory
    finally:
        shutil.rmtree(directory)
        os.close(lock)


def free_bytes(directory: Path) -> int:
    disk = os.statvfs(directory)
    return disk.f_bavail * disk.f_frsize


def _remove_leftovers(temporary: Path) -> None:
    for directory in temporary.glob(f"{_NAME}*"):
        try:
            with _locked(directory, fcntl.LOCK_NB):
                shutil.rmtree(directory, ignore_errors=True)
        except OSError:  # in use, gone by itself, or another user's
            continue


@contextmanager
def _locked(directory: Path, how: int = 0) -> Iterator[None]:
    lock = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(lock)
