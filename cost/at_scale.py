"""What backups and proofs take and cost by the size of the database: the table in docs/large-databases.md.

It is a model: the hours are bytes by the speeds that were measured at 1.3 GB on two processors (`cost.large_runs`), a
larger instance counts for nothing, and the prices are list prices.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import dropwhile
from typing import Final

from cost.assumptions import GB, Assumptions
from cost.functions import BACKUP
from cost.large_runs import LargeRun, large_runs
from cost.templates import Templates
from lambdas.large_run.order import LARGEST_DISK_GB
from stacks.settings.backups import Backups, LargeRuns

SIZES_GB: Final = (50, 100, 500, 1_000, 3_000, 5_000, 10_000)
_HEAD: Final = "| database | backup | proof | a month of nights | what breaks |"
_BETWEEN: Final = "|---|---|---|---|---|"
_LONGEST_HOURS: Final = 24
"""That a run can be given (`time_limit_hours`), and that there are between two nights."""


def put_into(document: str, templates: Templates) -> str:
    """The document with the rows of its table as the templates have them."""
    before, head, rest = document.partition(f"{_HEAD}\n{_BETWEEN}\n")
    after = dropwhile(lambda line: line.startswith("|"), rest.splitlines(keepends=True))
    return "".join([before, head, *(f"{row}\n" for row in rows(templates)), *after])


def rows(templates: Templates) -> Iterator[str]:
    for size in SIZES_GB:
        assumed = replace(Assumptions(), database_size_bytes=size * GB)
        runs = {run.folder: run for run in large_runs(templates, assumed)}
        backup = runs.pop(BACKUP)
        (proof,) = runs.values()
        dollars = sum(use.dollars for run in (backup, proof) if run.is_needed for use in run.uses)
        broken = "; ".join(_broken(backup, proof)) or "nothing"
        yield f"| {_size(size)} | {_cell(backup)} | {_cell(proof)} | ${dollars:,.0f} | {broken} |"


def _cell(run: LargeRun) -> str:
    if not run.is_needed:
        return "function"
    return f"{run.hours:.1f} h, ${sum(use.dollars for use in run.uses) / run.a_month:.2f}"


def _broken(backup: LargeRun, proof: LargeRun) -> Iterator[str]:
    objective = Backups().recovery_time_objective_minutes
    if proof.hours * 60 > objective:
        yield f"the RTO of {objective} min, from a dump"
    fits = proof.disk_gb <= LARGEST_DISK_GB
    longest = max(run.hours for run in (backup, proof) if run is backup or fits)
    if longest > _LONGEST_HOURS:
        yield "the time limit: a run takes more than a day, and fails"
    elif longest > (default := LargeRuns().time_limit_hours):
        yield f"the default time limit of {default} h: set `time_limit_hours = {_LONGEST_HOURS}`"
    if not fits:
        yield f"the proof: no disk has {proof.disk_gb / 1000:.0f} TB, so it is one in part"


def _size(gigabytes: float) -> str:
    return f"{gigabytes:g} GB" if gigabytes < 1000 else f"{gigabytes / 1000:g} TB"  # noqa: PLR2004
