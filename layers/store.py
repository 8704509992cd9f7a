"""Built things, each in a directory named by what it was built from, so that nothing is built twice."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from layers.wheels import REQUIREMENTS, ROOT

STORE: Final = ROOT / ".build/layers"
_SOURCES: Final = ROOT / "layers"
_LOCKED_PACKAGES: Final = ROOT / "package-lock.json"


def source_key() -> str:
    """A digest of everything a layer is made from: the pins, the code that builds and the files it copies."""
    sources = (path for path in _SOURCES.rglob("*") if path.is_file() and path.suffix != ".pyc")
    digest = hashlib.sha256()
    for path in sorted({*sources, *REQUIREMENTS, _LOCKED_PACKAGES}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def built(name: str, make: Callable[[Path], None]) -> Path:
    """The directory `name` of the store, filled by `make` the first time.

    It appears complete or not at all, and two processes that want it at once make it once.
    """
    final = STORE / name
    if not final.exists():
        STORE.mkdir(parents=True, exist_ok=True)
        with _alone(STORE / f"{name}.lock"):
            if not final.exists():
                _make(final, make)
    return final


def _make(final: Path, make: Callable[[Path], None]) -> None:
    unfinished = final.with_name(f"{final.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was stopped at it
    unfinished.mkdir()
    try:
        make(unfinished)
        unfinished.rename(final)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Holds a lock that ends with the process, however that ends."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
