"""Whether the newest proven backup lies whole in the second region: measured, and said fault by fault."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from lambdas.copy_check.compare import compare
from lambdas.copy_check.copies import Copies
from lambdas.copy_check.faults import CopyUnreadableError, Fault
from lambdas.copy_check.read_whole import read_one_of
from lambdas.copy_check.settings import Settings
from lambdas.shared.catalogue import Commit
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.observability import logger, publish
from lambdas.shared.recovery_points import proven_backups
from lambdas.vocabulary.metrics import Dimension, Metric

LOOKED_AT: Final = 5
"""So many of the newest proven backups are compared at most, until one has a whole copy."""


@dataclass(frozen=True)
class Checked:
    newest: Commit | None
    """The newest proven backup that has a whole copy."""
    age: float | None
    """Of its snapshot, in seconds."""
    faults: tuple[str, ...]
    waiting: tuple[str, ...]
    """What S3 may still be about to copy."""
    read: str | None = None
    """The folder whose copy was read whole."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "backup": self.newest and self.newest.manifest.backup,
            "age": self.age,
            "faults": list(self.faults),
            "waiting": list(self.waiting),
            "read": self.read,
        }


def check_copies(
    settings: Settings, copies: Copies, *, read_of: date | None, deadline: Deadline, clock: Clock = now
) -> Checked:
    """Compare, and with `read_of` a day read the copy whose turn it is on that day; publish and return what was found.

    An age that is None is not published: the alarm on it treats missing data as breaching.
    """
    checked = _compared(settings, copies, clock())
    if read_of:
        read, fault = _read(settings, copies, read_of, deadline)
        more = () if fault is None or str(fault) in checked.faults else (str(fault),)
        checked = replace(checked, read=read, faults=(*checked.faults, *more))
    for text in checked.faults:
        logger.error("a copy is not as it must be", fault=text)
    logger.info("copies checked", database=settings.database, region=settings.copy_region, **checked.as_dict())
    measured = {
        **({Metric.COPIED_BACKUP_AGE: checked.age} if checked.age is not None else {}),
        **({Metric.COPY_FAULTS: len(checked.faults)} if checked.faults else {}),
    }
    if measured:
        publish(measured, environment=settings.environment, **{Dimension.DATABASE: settings.database})
    return checked


def _compared(settings: Settings, copies: Copies, moment: datetime) -> Checked:
    newest, found = None, list[Fault]()
    try:
        for commit in islice(proven_backups(copies.source, settings.database, moment), LOOKED_AT):
            found += (of_this := list(compare(copies, commit)))
            if not any(fault.forbids_recovery_at(moment) for fault in of_this):
                newest = commit
                break
    except CopyUnreadableError as error:
        found.append(Fault(str(error)))
    if newest is None and not found:
        logger.warning("no backup is proven yet, so that there is no copy to look for", database=settings.database)
    age = (moment - newest.snapshot_at).total_seconds() if newest else None
    return Checked(
        newest,
        age,
        faults=tuple(str(fault) for fault in found if not fault.may_wait_at(moment)),
        waiting=tuple(str(fault) for fault in found if fault.may_wait_at(moment)),
    )


def _read(settings: Settings, copies: Copies, day: date, deadline: Deadline) -> tuple[str | None, Fault | None]:
    try:
        return read_one_of(copies, settings.database, day, deadline)
    except CopyUnreadableError as error:
        return None, Fault(str(error))
