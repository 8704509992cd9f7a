"""Once a day the copy of one backup is read whole, a different one each day: S3's own checksums are taken on trust
otherwise."""

from datetime import date
from typing import Final

from lambdas.copy_check.copies import Copies
from lambdas.copy_check.faults import Fault, copies_readable
from lambdas.shared.catalogue import NotABackupError
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger
from lambdas.shared.restore.errors import CouldNotVerifyError, DamagedBackupError
from lambdas.shared.restore.intact import intact
from lambdas.vocabulary.backups import Manifest

MOST_READ: Final = 5 * 10**9
"""Bytes of a day: at two cents a GB between regions, three dollars a month at most."""
LEAST_TIME: Final = 60
"""Seconds kept back to report what was found."""


def read_one_of(copies: Copies, database: str, day: date, deadline: Deadline) -> tuple[str | None, Fault | None]:
    """Read the copy whose turn it is on `day`, and hold it against its own manifest.

    Returns its folder, None where none could be read, and what is wrong with it.  Raises CopyUnreadableError.
    """
    where = f"in {copies.region}"
    with copies_readable(copies.copy.bucket, copies.region):
        prefixes = sorted(copies.copy.prefixes(database))
        if not prefixes:
            return None, None
        prefix = prefixes[day.toordinal() % len(prefixes)]
        try:
            manifest = copies.copy.commit(prefix).manifest
        except NotABackupError as error:
            return None, Fault(f"the copy {where} cannot be used: {error}")
    if manifest.stored_bytes > MOST_READ:
        logger.warning("a copy is too large to be read whole", backup=prefix, bytes=manifest.stored_bytes)
        return None, None
    try:
        is_read = _read(copies, manifest, deadline)
    except DamagedBackupError as error:
        return prefix, Fault(f"the copy of {prefix} {where} is damaged: {error} (do not restore from it)")
    except CouldNotVerifyError as error:
        return None, Fault(f"the copy of {prefix} {where} could not be read: {error}")
    return (prefix if is_read else None), None


def _read(copies: Copies, manifest: Manifest, deadline: Deadline) -> bool:
    """Whether there was time to read all of it."""
    for name, stored in manifest.objects.items():
        for _ in intact(copies.copy, manifest.backup + name, stored):
            if deadline.remaining < LEAST_TIME:
                logger.warning("a copy was not read to its end: there was no time left", backup=manifest.backup)
                return False
    return True
