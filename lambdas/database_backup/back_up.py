"""One backup from beginning to end: what is checked, dumped, stored, and only then committed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from postgresql_tools import version

from lambdas.database_backup.commit import commit, retention_of
from lambdas.database_backup.contents import count_extension_rows, scope, table_bytes
from lambdas.database_backup.dump_and_count import dump_and_count
from lambdas.database_backup.errors import OutOfTimeError, SchemaChangedError
from lambdas.database_backup.left_out import left_out, needing_excluded
from lambdas.database_backup.log_and_wrap import log_and_wrap_errors
from lambdas.database_backup.preflight import check
from lambdas.database_backup.recovery_conflicts import conflicts_named
from lambdas.database_backup.request import Request
from lambdas.database_backup.settings import Settings
from lambdas.database_backup.snapshot import exported
from lambdas.database_backup.source import acquire_lock, check_connection, end_orphans, for_tools, named, session_at
from lambdas.database_backup.upload import abort_leftovers
from lambdas.shared.catalogue import Catalogue, NotABackupError
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.connection import Connection
from lambdas.shared.large_runs import on_instance
from lambdas.shared.observability import logger, publish
from lambdas.shared.postgres import Login
from lambdas.vocabulary.backups import Manifest
from lambdas.vocabulary.large_runs import TooLarge
from lambdas.vocabulary.metrics import Dimension, Metric

CLEAN_UP = timedelta(seconds=15)
"""Kept back from the function's time, to leave nothing behind when the rest will not do."""
LEAST_TIME = timedelta(seconds=5)
"""Less is not worth beginning with."""
_ATTEMPTS = 5
_OWN_END = 5.0
"""Seconds for the server to notice the end of this run's own session before, and to free its turn."""


def back_up(
    settings: Settings,
    request: Request,
    *,
    s3: Any,
    log_in: Callable[[], Login],
    deadline: Deadline,
    clock: Clock = now,
) -> Manifest | TooLarge:
    """Make the backup that `request` asks for, or find it made already; raises BackupError when there is none.

    A database that is too large for the function is left alone, and said to be.
    `log_in` gives a fresh login each time: a token may expire while this run waits for its turn.
    """
    run = _Run(settings, request, s3, log_in, Deadline(deadline.at - CLEAN_UP.total_seconds()), clock)
    with log_and_wrap_errors(settings.database, settings.bucket):
        return run.find() or run.make()


def answer(made: Manifest | TooLarge) -> dict[str, Any]:
    """What the function answers."""
    return made.answer() if isinstance(made, TooLarge) else summary(made)


def summary(manifest: Manifest) -> dict[str, Any]:
    """A backup in short: its folder, tables and rows, bytes before and after, and seconds taken."""
    took = datetime.fromisoformat(manifest.finished_at) - datetime.fromisoformat(manifest.started_at)
    return {
        "backup": manifest.backup,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "raw_bytes": manifest.raw_bytes,
        "stored_bytes": manifest.stored_bytes,
        "seconds": took.total_seconds(),
    }


@dataclass(frozen=True)
class _Run:
    """One run and what it works with; `work` is its deadline before cleaning up."""

    settings: Settings
    request: Request
    s3: Any
    log_in: Callable[[], Login]
    work: Deadline
    clock: Clock

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.s3, self.settings.bucket)

    def find(self) -> Manifest | None:
        """The backup of the request's slot, when a run has made it."""
        if self.request.slot is None:
            return None
        prefix = self.request.prefix(self.settings.database, self.request.slot)
        try:
            manifest = self.catalogue.commit(prefix).manifest
        except NotABackupError:
            return None
        logger.info("the backup of this slot exists already", backup=prefix)
        return manifest

    def make(self) -> Manifest | TooLarge:
        """Make it; once more when the application has changed what was being dumped, as long as there is time."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._make_in_turn(_OWN_END if attempt > 1 else 0)
            except SchemaChangedError as error:
                if self.work.remaining < LEAST_TIME.total_seconds():
                    raise
                logger.warning("the dump is begun anew", reason=str(error), attempt=attempt)
        return self._make_in_turn(_OWN_END)

    def _make_in_turn(self, patience: float) -> Manifest | TooLarge:
        """Make it in this run's turn, unless the run before it was for the same slot.

        For another run of its slot it waits as long as it can, else `patience` seconds.
        """
        until = self.clock() + timedelta(seconds=self.work.remaining) + CLEAN_UP
        with session_at(named(self.log_in(), until)) as session:
            end_orphans(session, self.clock())
            acquire_lock(session, patience=self.work.remaining if self.request.slot else patience)
            if found := self.find():
                return found
            with conflicts_named(session, lambda: named(self.log_in(), until)):
                return self._make(session, named(self.log_in(), until))

    def _too_large(self, database_bytes: int) -> TooLarge | None:
        """The one place that decides it; on an instance no database is."""
        limit = self.settings.function_limit_bytes
        if limit is None or database_bytes <= limit or on_instance():
            return None
        logger.info("database too large for the function: left to a large run", bytes=database_bytes, limit=limit)
        return TooLarge(database_bytes, limit)

    def _make(self, session: Connection, login: Login) -> Manifest | TooLarge:
        started, database = self.clock(), self.settings.database
        if self.work.remaining < LEAST_TIME.total_seconds():
            raise OutOfTimeError(f"{max(self.work.remaining, 0):.0f} s are left to work in")
        prefix = self.request.prefix(database, started)
        logger.info("backup begins", backup=prefix, requested_by=self.request.requested_by, reason=self.request.reason)
        abort_leftovers(self.s3, self.settings.bucket, database)
        excluded = self.settings.excluded_schemas
        facts = check(session, excluded)
        if left := self._too_large(facts.database_bytes):
            return left
        missing = left_out(session, excluded)
        with exported(session, self.work, excluded) as snapshot:
            snapshot_at = self.clock()
            wanted = scope(session, self.settings.critical_tables, self.settings.excluded_table_data, excluded)
            extension_tables = count_extension_rows(session, wanted)
            needing = needing_excluded(session, excluded)
            dumped = dump_and_count(
                self.s3,
                self.settings.bucket,
                prefix,
                session=session,
                login=for_tools(login, session),
                major=facts.major,
                snapshot=snapshot,
                encoding=facts.encoding,
                scope=wanted,
                level=self.settings.compression_level,
                work=self.work,
            )
            not_provable_whole = facts.database_bytes > self.settings.provable_bytes
            sizes = table_bytes(session, wanted) if not_provable_whole else None
        check_connection(session)
        manifest = Manifest(
            backup=prefix,
            database=database,
            server_version=facts.server_version,
            client_version=version("pg_dump", facts.major),
            snapshot_at=_text(snapshot_at),
            started_at=_text(started),
            finished_at=_text(self.clock()),
            raw_bytes=dumped.raw_bytes,
            database_bytes=facts.database_bytes,
            objects=dumped.objects,
            pg_dump_exit_status=0,
            extensions=facts.extensions,
            tables=dumped.tables,
            sequences=dumped.sequences,
            tables_without_rows=tuple(f"{schema}.{name}" for schema, name in sorted(wanted.without_rows)),
            extension_tables=extension_tables,
            excluded_schemas=excluded,
            needing_excluded=needing,
            left_out=missing,
            retention=retention_of(started, self.catalogue.prefixes(database)),
            correlation_id=self.request.correlation_id,
            provable_bytes=self.settings.provable_bytes,
            table_bytes=sizes,
            slot=_text(self.request.slot) if self.request.slot else None,
        )
        commit(self.s3, self.settings.bucket, manifest)
        self._report(manifest)
        return manifest

    def _report(self, manifest: Manifest) -> None:
        numbers = summary(manifest)
        logger.info("backup committed", **numbers, left_out=[str(each) for each in manifest.left_out])
        if manifest.database_bytes > self.settings.provable_bytes:
            logger.warning(
                "database too large to be proven whole by the restore check's function: a large run, or in part",
                backup=manifest.backup,
                database_bytes=manifest.database_bytes,
                provable_bytes=self.settings.provable_bytes,
            )
        values = {
            Metric.BACKUP_DURATION: numbers["seconds"],
            Metric.BACKUP_STORED_SIZE: numbers["stored_bytes"],
            Metric.BACKUP_ROWS: numbers["rows"],
        }
        publish(values, environment=self.settings.environment, **{Dimension.DATABASE: manifest.database})


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
