"""The month's full drill: the newest proven backup restored, with its seconds and where they are going."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.shared.documents.document import Bars, Block, Table, Text
from lambdas.shared.drills import Trend, drills, trend
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import duration, duration_of_seconds, moment
from lambdas.vocabulary.drills import DRILLS, Drill, Kind
from lambdas.vocabulary.reviews import State

LOOKS_BACK: Final = timedelta(days=400)
"""For the trend."""


def _look(situation: Situation) -> Found:
    return found_in(situation, drills_of(situation))


def drills_of(situation: Situation, kind: Kind = Kind.BACKUP) -> list[Drill]:
    """Newest first, of those up to the review's end."""
    s3, settings, since = situation.client("s3"), situation.settings, situation.span.until - LOOKS_BACK
    found = drills(s3, settings.backups, settings.database, since=since, kind=kind)
    return [drill for drill in found if drill.at < situation.span.until]


def found_in(situation: Situation, known: Sequence[Drill]) -> Found:
    """What the newest drill of the time says; one that was not run is said as such."""
    newest = next((drill for drill in known if situation.span.holds(drill.at)), None)
    if newest is None:
        before = f"; the last one was on {moment(known[0].at)}" if known else ""
        return Found(State.ATTENTION, f"no drill was run in this time{before}")
    took, allowed = duration_of_seconds(newest.seconds.total), duration_of_seconds(newest.recovery_time_objective)
    verdict = str(newest.verdict)
    return Found(
        State.GOOD if newest.is_good else State.ATTENTION,
        f"{verdict}, in {took} of {allowed} that are allowed",
        tuple(_figures(newest, f"bucket {situation.settings.backups}: {DRILLS}/")),
        tuple(_blocks(known, newest, trend(known))),
    )


def _figures(drill: Drill, source: str) -> list[Figure]:
    seconds = drill.seconds
    named = {"fetch": seconds.fetch, "restore": seconds.restore, "verify": seconds.verify, "total": seconds.total}
    return [
        Figure("drilled_at", "Run", drill.at.isoformat(), moment(drill.at), source),
        Figure("verdict", "Verdict", str(drill.verdict), str(drill.verdict), source),
        *(
            Figure(
                f"{name}_seconds",
                f"Seconds to {name}" if name != "total" else "Seconds together",
                value,
                f"{value:.1f} s",
                source,
            )
            for name, value in named.items()
        ),
        Figure("backup", "Backup", drill.backup, drill.backup, source),
    ]


def _blocks(known: Sequence[Drill], newest: Drill, line: Trend | None) -> list[Block]:
    oldest_first = list(reversed(known))
    blocks: list[Block] = []
    if len(oldest_first) > 1:
        labels = tuple(f"{drill.at.day} {drill.at:%b %Y}" for drill in oldest_first)
        values = tuple(drill.seconds.total for drill in oldest_first)
        objective = newest.recovery_time_objective
        blocks.append(Bars("Recovery took", labels, values, said=duration_of_seconds, limit=objective))
    if line and line.over_objective_in is not None:
        blocks.append(Text(f"As it goes, the objective is exceeded in {duration(line.over_objective_in)}."))
    if newest.findings:
        blocks.append(Table(("Finding",), tuple((one_line(finding),) for finding in newest.findings)))
    return blocks


RESTORE_DRILL = Section("restore_drill", "Restore drill", _look)
