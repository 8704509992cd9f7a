"""The restore verification against the drill that people do by hand."""

import shutil
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from time import monotonic

from bench.backup import back_up, script, script_key, seconds_of
from bench.databases import Database
from bench.function import invoke
from bench.interleaved import interleaved
from bench.object_store import BUCKET
from bench.place import Place
from bench.results import Aim, Result, spread, table
from bench.shell import shell
from bench.tools import BenchError
from emulator import postgres
from lambdas.restore_verification.settings import Settings
from lambdas.vocabulary.backups import database_of
from stacks.settings import Backups

OURS, DRILL = "restore_verification", "aws s3 cp; gunzip | psql; count(*)"
PARTS = ("fetch", "restore", "verify")
# What PostgreSQL does when nobody says otherwise.
_DEFAULTS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_wal_size": "1GB"}


@dataclass(frozen=True)
class Sample:
    """One verification or drill, in seconds; `parts` are those of the function."""

    seconds: float
    with_process: float
    parts: dict[str, float]


def measure(place: Place, repeats: int) -> Result:
    result = Result("verification", "Verification: fetch, restore, check")
    for database in (place.large_table, place.middling_tables):
        backup = back_up(place, database).said["answer"]
        script(place, database)
        contenders = {
            OURS: partial(verify, place, backup["backup"]),
            DRILL: partial(drill, place, database, backup["rows"]),
        }
        samples = interleaved(f"verification of {database.name}", contenders, repeats)
        _add(result, database, samples)
    return result


def verify(place: Place, prefix: str) -> Sample:
    """One verification by the function's handler; raises BenchError unless the backup is proven."""
    settings = Settings(
        environment="bench",
        bucket=BUCKET,
        database=database_of(prefix),
        recovery_time_objective=timedelta(hours=1),
        sql_assertions=(),
        accepted=(),
    )
    memory = Backups().verification_memory_mb
    run = invoke(place, "restore_verification", settings, {"backup": prefix}, memory_mb=memory)
    answer = run.said["answer"]
    if answer["verdict"] != "proven":
        raise BenchError(f"the backup {prefix} is {answer['verdict']}: {answer['checks']}")
    return Sample(seconds_of(run), run.seconds, answer["seconds"])


def drill(place: Place, database: Database, rows: int) -> Sample:
    """The usual drill: start a server in a data directory that is there already, fetch, restore, count every table.

    Raises BenchError when the counts are not those of the source.
    """
    data, file = place.directory / "drill", place.directory / "fetched.sql.gz"
    with postgres.server(data):
        pass  # makes the data directory
    try:
        started = monotonic()
        with postgres.server(data, settings=_DEFAULTS) as server:
            run = shell(
                place,
                server,
                "postgres",
                f"$DOWNLOAD s3://{BUCKET}/{script_key(database)} {file}\n"
                f"gunzip -c {file} | $PSQL -q -v ON_ERROR_STOP=1 > /dev/null\n"
                f'$PSQL -At -c "{_counts(database)}"',
            )
            seconds = monotonic() - started
    finally:
        shutil.rmtree(data)
        file.unlink(missing_ok=True)
    if run.said["rows"] != rows:
        raise BenchError(f"the drill restored {run.said['rows']} of {rows} rows")
    return Sample(seconds, seconds, {})


def _counts(database: Database) -> str:
    counts = " UNION ALL ".join(f"SELECT count(*) AS rows FROM public.{table}" for table in database.tables)
    return f"SELECT json_build_object('rows', sum(rows)) FROM ({counts}) AS counts"


def _add(result: Result, database: Database, samples: dict[str, list[Sample]]) -> None:
    seconds = {name: [sample.seconds for sample in of] for name, of in samples.items()}
    ours = median(seconds[OURS])
    rows = [
        (name, spread(values), f"{median(values) / ours:.2f}", *_parts(samples[name]))
        for name, values in seconds.items()
    ]
    shape = f"{database.bytes / 1e9:.2f} GB in {len(database.tables)} tables ({database.name})"
    result.tables.append(f"## {shape}\n\n" + table(("", "seconds", "times the function", *PARTS), rows))
    result.aims.append(Aim(f"drill / function, {database.name}", median(seconds[DRILL]) / ours, 1.3, at_least=True))
    result.measured[database.name] = {
        "database_bytes": database.bytes,
        "samples": {name: [asdict(sample) for sample in of] for name, of in samples.items()},
    }


def _parts(samples: list[Sample]) -> list[str]:
    return [f"{median(sample.parts[part] for sample in samples):.2f}" if samples[0].parts else "" for part in PARTS]
