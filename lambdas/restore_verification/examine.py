"""Fetch, restore, check: what becomes of a backup when it is needed."""

import errno
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from lambdas.restore_verification.checks import Name, run_checks
from lambdas.restore_verification.choice import Choice
from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.restore import (
    Target,
    fits_as_file,
    restore_file,
    restore_stream,
    room_for_database,
    save,
)
from lambdas.restore_verification.server import Server, disk_is_full, empty_server
from lambdas.restore_verification.share import Share
from lambdas.restore_verification.workspace import workspace
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.restore.errors import CouldNotVerifyError, DamagedBackupError
from lambdas.shared.restore.lacking import Lacking, not_restored
from lambdas.shared.restore.objects import Backup
from lambdas.vocabulary.backups import DATABASE_SIZE, Acceptance, Check, LeftOut, Manifest, Result, Seconds


@dataclass(frozen=True)
class Examination:
    checks: tuple[Check, ...]
    seconds: Seconds
    server_version: str
    """The restore server's; empty when none was started."""
    accepted: tuple[Acceptance, ...] = ()
    """What the settings accept of what could not be proven."""
    left_out: tuple[LeftOut, ...] = ()
    """What was not restored for this examination."""
    share: Share | None = None
    """What of the rows was restored, where the disk has no room for all of them."""


class Fetch:
    """Passes on the pieces of a dump and knows how long they took to come."""

    def __init__(self, pieces: Iterator[bytes], resources: Resources) -> None:
        self.seconds = 0.0
        self._pieces = pieces
        self._resources = resources

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._resources.check_time("fetching the dump")
        started = time.monotonic()
        try:
            return next(self._pieces)
        finally:
            self.seconds += time.monotonic() - started


def examine(
    backup: Backup,
    assertions: Sequence[str],
    accepted: Sequence[Acceptance],
    resources: Resources,
    restored_at: Mapping[str, str | None],
) -> Examination:
    """Restore the backup and check it; what is `accepted` need not be provable.

    `restored_at` says which tables of a database that is too large have waited longest (see `Share`).

    Raises CouldNotVerifyError when that was not possible for a reason that lies outside the backup.
    """
    fetch = Fetch(backup.dump(), resources)
    try:
        with _room_on_disk(), workspace() as directory:
            share = Share.of(backup.manifest, room_for_database(directory), restored_at)
            return _examine(backup, fetch, share, assertions, accepted, directory=directory, resources=resources)
    except DamagedBackupError as damage:
        return Examination(_damaged(str(damage)), Seconds(round(fetch.seconds, 3), 0, 0), "")


def _examine(
    backup: Backup,
    fetch: Fetch,
    share: Share | None,
    assertions: Sequence[str],
    accepted: Sequence[Acceptance],
    *,
    directory: Path,
    resources: Resources,
) -> Examination:
    started, choice = time.monotonic(), Choice.of(backup.manifest)
    manifest = share.manifest if share else backup.manifest
    roles = backup.roles()
    with ThreadPoolExecutor(1) as pool:
        # Saved by the time that the server is up: the two have a processor each.
        saving = pool.submit(save, fetch, directory) if fits_as_file(manifest, directory) else None
        with empty_server(directory, resources, choice.major) as server, _answering(server, resources):
            target = Target(server, choice, directory, resources.processors)
            restored = (
                restore_file(saving.result(), roles, manifest, target)
                if saving
                else restore_stream(fetch, roles, manifest, target)
            )
            lacking = Lacking.of(restored.plan, accepted)
            resources.check_time("restoring the dump")
            restored_at = time.monotonic()
            found = run_checks(
                server,
                manifest,
                restored,
                lacking,
                assertions,
                processors=resources.processors,
                in_part=share is not None,
            )
            seconds = Seconds(
                fetch=round(fetch.seconds, 3),
                restore=round(restored_at - started - fetch.seconds, 3),
                verify=round(time.monotonic() - restored_at, 3),
            )
            checks = (_intact(backup.manifest), *_all_rows(share), *found)
            left_out = not_restored(restored.plan, restored.finished)
            return Examination(checks, seconds, server.version, _needed(lacking, share, accepted), left_out, share)


def _intact(manifest: Manifest) -> Check:
    detail = (
        f"{len(manifest.objects)} objects, {manifest.stored_bytes} bytes, SHA-256 as in the manifest;"
        f" {manifest.raw_bytes} bytes decompressed"
    )
    return Check(Name.OBJECTS_INTACT, Result.PASSED, detail)


def _all_rows(share: Share | None) -> tuple[Check, ...]:
    return (Check(Name.ALL_ROWS, Result.IN_PART, share.detail),) if share else ()


def _needed(lacking: Lacking, share: Share | None, accepted: Sequence[Acceptance]) -> tuple[Acceptance, ...]:
    """The acceptances without which the backup is not proven."""
    of_size = [acceptance for acceptance in accepted if share and acceptance.what == DATABASE_SIZE]
    return (*lacking.accepted, *of_size)


def _damaged(how: str) -> tuple[Check, ...]:
    others = [name for name in Name if name not in (Name.OBJECTS_INTACT, Name.ALL_ROWS)]
    return (
        Check(Name.OBJECTS_INTACT, Result.FAILED, how),
        *(Check(name, Result.NOT_PROVABLE, "not run: the backup is damaged") for name in others),
    )


@contextmanager
def _answering(server: Server, resources: Resources) -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        resources.check_time("restoring and checking")
        server.check_limits()
        raise CouldNotVerifyError(f"the restore server failed: {one_line(str(error))}") from error


@contextmanager
def _room_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise CouldNotVerifyError(disk_is_full()) from error
