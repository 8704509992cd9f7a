"""The backup function against the limit and against what people use in its place."""

from collections.abc import Callable
from dataclasses import asdict
from statistics import median
from typing import Any

from bench.databases import Database
from bench.function import invoke
from bench.interleaved import interleaved
from bench.measure import Run
from bench.object_store import BUCKET
from bench.place import Place
from bench.progress import progress
from bench.results import Aim, Result, megabytes, spread, table
from bench.shell import shell
from bench.tools import has
from emulator import postgres
from lambdas.database_backup.settings import Settings
from lambdas.vocabulary.backups import DUMP
from stacks.settings import Backups

LIMIT, OURS, SCRIPT, PIPE = (
    "pg_dump -Fc -Z0 > /dev/null (the limit)",
    "database_backup",
    "pg_dump | gzip > file; aws s3 cp file",
    "pg_dump -Fp | zstd -3 | aws s3 cp -",
)
MEMORY_BOUND = 250  # megabytes


def measure(place: Place, repeats: int) -> Result:
    """The large database by everyone, in turns, and the small one by the function alone."""
    result = Result("backup", "Backup")
    large, small = place.large_table, place.small
    contenders = _contenders(place, large)
    contenders[LIMIT]()  # from here on the operating system has the files in its cache, for all alike
    runs = interleaved("backup", contenders, repeats)
    _Report(place, large, runs, [back_up(place, small) for _ in range(repeats)]).fill(result)
    return result


def back_up(place: Place, database: Database) -> Run:
    """One backup by the function's handler; its summary is in `said["answer"]`."""
    settings = Settings(
        environment="bench",
        database=database.name,
        database_host=None,
        database_port=database.server.port,
        database_name=None,
        database_login=None,
        database_url_secret="of no use: the login is the benchmark's",  # noqa: S106
        database_minimum_tls="disable",
        bucket=BUCKET,
        critical_tables=database.critical_tables,
        excluded_table_data=(),
        excluded_schemas=(),
        provable_bytes=10**10,
        compression_level=Backups().compression_level,
    )
    login = {
        "host": "127.0.0.1",
        "port": str(database.server.port),
        "dbname": database.name,
        "user": postgres.SUPERUSER,
        "password": database.server.password,
    }
    return invoke(place, "database_backup", settings, {}, memory_mb=Backups().memory_mb, login=login)


def script(place: Place, database: Database) -> Run:
    """The usual script: a compressed file, uploaded once it is whole."""
    file = place.directory / f"{database.name}.sql.gz"
    try:
        lines = f"$PG_DUMP | gzip > {file}\n$UPLOAD {file} s3://{BUCKET}/{script_key(database)}"
        return shell(place, database.server, database.name, lines)
    finally:
        file.unlink(missing_ok=True)


def script_key(database: Database) -> str:
    return f"{database.name}.sql.gz"


def _pipe_key(database: Database) -> str:
    return f"{database.name}.sql.zst"


def _contenders(place: Place, database: Database) -> dict[str, Callable[[], Run]]:
    def line(text: str) -> Callable[[], Run]:
        return lambda: shell(place, database.server, database.name, text)

    contenders = {
        LIMIT: line("$PG_DUMP -Fc -Z0 > /dev/null"),
        OURS: lambda: back_up(place, database),
        SCRIPT: lambda: script(place, database),
    }
    if has("zstd"):
        contenders[PIPE] = line(f"$PG_DUMP -Fp | $ZSTD -q -3 | $UPLOAD - s3://{BUCKET}/{_pipe_key(database)}")
    else:
        progress(f"left out, as there is no program zstd (install it): {PIPE}")
    return contenders


class _Report:
    """The numbers of all runs, and what they say."""

    def __init__(self, place: Place, database: Database, runs: dict[str, list[Run]], small: list[Run]) -> None:
        self._store, self._database, self._runs, self._small = place.store, database, runs, small
        self._seconds = {name: [seconds_of(run) for run in runs_of] for name, runs_of in runs.items()}

    def fill(self, result: Result) -> None:
        answer = self._runs[OURS][-1].said["answer"]
        result.title = f"Backup of {self._database.bytes / 1e9:.2f} GB, {len(self._database.tables)} tables"
        result.tables.append(self._table())
        result.aims += self._aims()
        result.remarks.append(self._remark(answer))
        result.measured |= {
            "database_bytes": self._database.bytes,
            "answer": answer,
            "seconds": self._seconds,
            "runs": {name: [asdict(run) for run in runs] for name, runs in self._runs.items()},
            "small_peak_bytes": [run.peak_bytes for run in self._small],
        }

    def _remark(self, answer: dict[str, Any]) -> str:
        added = spread([run.seconds - seconds_of(run) for run in self._runs[OURS]])
        hashed = ", ".join(self._database.critical_tables)
        return (
            f"{answer['rows']} rows; {megabytes(answer['raw_bytes'])} MB of dump before compression. In its time the"
            f" function also counts every row, hashes the critical tables ({hashed}), stores the roles and has the"
            " store confirm every checksum; the others do none of that. Its seconds are its handler's: the start of its"
            f" process and its initialization add {added} s here, which is what the cold start is about. CPU and"
            " memory are those of all processes together, without the servers."
        )

    def _table(self) -> str:
        limit = median(self._seconds[LIMIT])
        rows = [
            (
                name,
                spread(seconds),
                f"{median(seconds) / limit:.2f}",
                f"{median(run.processor_seconds for run in self._runs[name]):.2f}",
                megabytes(max(run.peak_bytes for run in self._runs[name])),
                megabytes(stored) if (stored := self._stored(name)) else "",
            )
            for name, seconds in self._seconds.items()
        ]
        return table(("", "seconds", "times the limit", "CPU s", "peak MB", "stored MB"), rows)

    def _stored(self, name: str) -> int:
        dump = self._runs[OURS][-1].said["answer"]["backup"] + DUMP
        keys = {OURS: dump, SCRIPT: script_key(self._database), PIPE: _pipe_key(self._database)}
        return self._store.bytes_of(keys[name]) if name in keys else 0

    def _aims(self) -> list[Aim]:
        ours = median(self._seconds[OURS])
        aims = [
            Aim("function / limit", ours / median(self._seconds[LIMIT]), 1.25),
            Aim("usual script / function", median(self._seconds[SCRIPT]) / ours, 2.3, at_least=True),
        ]
        if PIPE in self._seconds:
            aims.append(Aim("zstd pipe / function", median(self._seconds[PIPE]) / ours, 1.15, at_least=True))
        for what, runs in {"this database": self._runs[OURS], "a tenth of it": self._small}.items():
            peak = max(run.peak_bytes for run in runs) / 1e6
            aims.append(Aim(f"peak memory of the function, {what}", peak, MEMORY_BOUND, unit="MB"))
        return aims


def seconds_of(run: Run) -> float:
    """A function's seconds are its handler's; a command's are its process's."""
    return float(run.said["seconds"]) if run.said else run.seconds
