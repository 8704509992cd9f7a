"""Where the benchmarks work: a folder of their own, and in it a server with the databases and an object store.

Both are started when first asked for.  At the end all of it is stopped and removed, however the end came.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench import databases
from bench.databases import Database
from bench.object_store import ObjectStore, object_store
from bench.progress import progress
from emulator import postgres

ROOT = Path(__file__).parents[1]
DIRECTORY = ROOT / ".build/bench"
SMALL = 0.1
"""The small database's part of the large one: memory must be alike."""

# Nothing of the server's own may stir while something else is measured.
_QUIET = {"autovacuum": "off", "max_wal_size": "8GB", "checkpoint_timeout": "1h", "shared_buffers": "256MB"}


@dataclass
class Place:
    """`gigabytes` is the size of a database with its indexes."""

    gigabytes: float
    directory: Path
    open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """Ends what was started."""

    @cached_property
    def server(self) -> postgres.Server:
        return self.open.enter_context(postgres.server(self.directory / "source", settings=_QUIET))

    @cached_property
    def store(self) -> ObjectStore:
        return self.open.enter_context(object_store(self.directory))

    @cached_property
    def large_table(self) -> Database:
        return self._made("large_table", databases.one_large_table, self.gigabytes)

    @cached_property
    def small(self) -> Database:
        return self._made("small", databases.one_large_table, self.gigabytes * SMALL)

    @cached_property
    def middling_tables(self) -> Database:
        return self._made("middling_tables", databases.many_middling_tables, self.gigabytes)

    def _made(self, name: str, make: Callable[[postgres.Server, str, float], Database], gigabytes: float) -> Database:
        progress(f"making database {name} of {gigabytes:g} GB")
        return make(self.server, name, gigabytes)


@contextlib.contextmanager
def place(gigabytes: float, directory: Path = DIRECTORY) -> Iterator[Place]:
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "tmp").mkdir(parents=True)
    made = Place(gigabytes, directory)
    try:
        with made.open:
            yield made
    finally:
        shutil.rmtree(directory)
