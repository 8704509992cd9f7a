"""Backups that were made, and those whose restore was proven."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.review.span import midnight
from lambdas.shared.catalogue import Catalogue, NotABackupError
from lambdas.shared.documents.document import Table
from lambdas.shared.quantities import counted, duration_of_seconds, moment, size
from lambdas.vocabulary.backups import Verification, moment_of
from lambdas.vocabulary.reviews import State

_MOST: Final = 200
"""Backups that are looked at: each costs two requests."""


@dataclass(frozen=True)
class _Made:
    at: datetime
    stored_bytes: int
    verification: Verification | None
    proven: bool

    @property
    def verdict(self) -> str:
        return str(self.verification.verdict) if self.verification else "not restored"


def _look(situation: Situation) -> Found:
    settings = situation.settings
    catalogue = Catalogue(situation.client("s3"), settings.backups)
    prefixes = catalogue.prefixes(settings.database)
    inside = (prefix for prefix in prefixes if situation.span.holds(moment_of(prefix)))
    wanted = sorted(inside, key=moment_of, reverse=True)
    if len(wanted) > _MOST:
        raise UnknownError(f"{len(wanted)} backups are too many to look at (the most is {_MOST})")
    if not prefixes:
        return Found(State.ATTENTION, "there is no backup at all (runbook backup-failed)")
    made = [each for prefix in wanted if (each := _made(catalogue, prefix, situation.at))]
    proven = [each for each in made if each.proven]
    lacking = _days_without(proven, min(map(moment_of, prefixes)), situation)
    source = f"bucket {settings.backups}: manifests and verdicts"
    said = f"{counted(len(made), 'backup')}, {len(proven)} proven"
    return Found(
        State.ATTENTION if lacking or len(proven) < len(made) or not made else State.GOOD,
        f"{said}; none proven on {', '.join(lacking)}" if lacking else said,
        (
            Figure("made", "Backups made", len(made), str(len(made)), source),
            Figure("proven", "Restores proven", len(proven), str(len(proven)), source),
            Figure("days_without", "Days without a proven one", len(lacking), ", ".join(lacking) or "none", source),
        ),
        (Table(("Backup (UTC)", "Stored", "Restore", "Recovery took"), tuple(map(_row, made))),) if made else (),
    )


def _made(catalogue: Catalogue, prefix: str, at: datetime) -> _Made | None:
    try:
        commit = catalogue.commit(prefix)
    except NotABackupError:
        return None
    verification = catalogue.verification(prefix)
    return _Made(moment_of(prefix), commit.manifest.stored_bytes, verification, commit.is_proven_by(verification, at))


def _days_without(proven: Sequence[_Made], first: datetime, situation: Situation) -> list[str]:
    """Whole days that are over, since the first backup of all."""
    have = {midnight(each.at) for each in proven}
    today = midnight(situation.at)
    wanted = [day for day in situation.span.days if midnight(first) <= day < today and day >= situation.span.since]
    return [f"{day.day} {day:%b}" for day in wanted if day not in have]


def _row(made: _Made) -> tuple[str, ...]:
    seconds = made.verification.seconds.total if made.verification else None
    took = duration_of_seconds(seconds) if seconds is not None else "-"
    return moment(made.at), size(made.stored_bytes), made.verdict, took


BACKUPS = Section("backups", "Backups", _look)
