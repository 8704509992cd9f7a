"""Large runs: the state machines around backup and proof, and the instances of those too large for a function."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cost.assumptions import GB, HOURS, Assumptions
from cost.errors import CostError
from cost.functions import BACKUP, FUNCTION, MACHINE, folder_of, run_by, runs_of
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use
from lambdas.vocabulary.large_runs import DISK_MBPS

_TEMPLATE: Final = "AWS::EC2::LaunchTemplate"
_TRANSITIONS: Final = 4
"""Of a run that its function does."""
_TRANSITIONS_OF_A_LOOK: Final = 3
_LOOKS_AN_HOUR: Final = 60
_START_HOURS: Final = 0.1
"""Until an instance has its packages, code and layers."""
_BYTES_AN_HOUR: Final = {BACKUP: 110e6 * 3600, "restore_verification": 80e6 * 3600}
"""Of the database, as measured: one stream of a dump, and the restore with its checks."""
_FREE_MBPS: Final = 125

_XLARGE: Final = {
    "c6g": 0.136,
    "c7g": 0.145,
    "c7i": 0.1785,
    "m6g": 0.154,
    "m7g": 0.1632,
    "m7i": 0.2016,
    "m8g": 0.17952,
    "r7g": 0.2142,
    "r7i": 0.2646,
    "t4g": 0.1344,
}
"""Dollars for an hour of the family's `xlarge`; the other sizes go by their processors."""
_SIZES: Final = {"medium": 0.25, "large": 0.5, "xlarge": 1.0}


@dataclass(frozen=True)
class LargeRun:
    """A job by its state machine, at one size of the database."""

    folder: str
    a_month: float
    limit: float
    """The bytes of a database from which on it is a large run."""
    disk_gb: float
    instance_type: str
    is_restored: bool
    """The database itself is on the disk."""
    database_bytes: float

    @property
    def is_needed(self) -> bool:
        return self.database_bytes > self.limit

    @property
    def hours(self) -> float:
        """Of one run."""
        return _START_HOURS + self.database_bytes / _BYTES_AN_HOUR[self.folder]

    @property
    def uses(self) -> list[Use]:
        """In a month.  Raises CostError for an instance whose price is not known."""
        return list(_uses(self))


def uses_of_large_runs(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    """Raises CostError for an instance whose price is not known, once it is used."""
    for run in large_runs(templates, assumptions):
        yield Use(Price.STATE_TRANSITIONS, run.a_month * _TRANSITIONS, run.folder)
        if run.is_needed:
            yield from run.uses


def large_runs(templates: Templates, assumptions: Assumptions) -> Iterator[LargeRun]:
    """Every job that may be one."""
    for machine in templates.of_type(MACHINE):
        if template := template_of(templates, machine):
            yield _job(templates, machine, template, assumptions)


def template_of(templates: Templates, machine: Resource) -> Resource | None:
    """The launch template of its instance; other state machines have none."""
    used = templates.referred_to(machine.stack, machine.properties.get("DefinitionString"))
    return next((one for one in used if one.kind == _TEMPLATE), None)


def _uses(job: LargeRun) -> Iterator[Use]:
    hours = job.hours
    what = f"{job.folder} of {job.database_bytes / GB:g} GB, {hours:.1f} h of {job.instance_type} each time"
    months = job.a_month * hours / HOURS
    looks = job.a_month * hours * _LOOKS_AN_HOUR
    yield Use(Price.STATE_TRANSITIONS, looks * _TRANSITIONS_OF_A_LOOK, what)
    yield Use(Price.FUNCTION_REQUESTS, looks, what)
    yield Use(Price.INSTANCE, job.a_month * hours * _price(job.instance_type) / _XLARGE["m7g"], what)
    yield Use(Price.INSTANCE_DISK, months * job.disk_gb, what)
    if job.is_restored:
        yield Use(Price.INSTANCE_DISK_SPEED, months * (DISK_MBPS - _FREE_MBPS), what)


def _job(templates: Templates, machine: Resource, template: Resource, assumptions: Assumptions) -> LargeRun:
    text = "".join(it for it in _texts(machine.properties["DefinitionString"]))
    disk_gb, share = (float(re.findall(rf'"{name}":([0-9.]+)', text)[0]) for name in ("disk_gb", "disk_share"))
    (folder,) = map(folder_of, run_by(templates, machine))
    limits = next(_variables(one) for one in templates.of_type(FUNCTION) if folder_of(one) == BACKUP)
    return LargeRun(
        folder=folder,
        a_month=runs_of(templates, machine, assumptions),
        limit=float(limits["FUNCTION_LIMIT_BYTES" if folder == BACKUP else "PROVABLE_BYTES"]),
        disk_gb=disk_gb + share * assumptions.database_size_bytes / GB,
        instance_type=template.properties["LaunchTemplateData"]["InstanceType"],
        is_restored=share > 0,
        database_bytes=assumptions.database_size_bytes,
    )


def _price(instance_type: str) -> float:
    family, _, size = instance_type.partition(".")
    number = re.fullmatch(r"(\d*)(\w+)", size)
    if family not in _XLARGE or number is None or number[2] not in _SIZES:
        raise CostError(f"{instance_type}: say in cost/large_runs.py what an hour of its family costs")
    return _XLARGE[family] * _SIZES[number[2]] * float(number[1] or 1)


def _variables(function: Resource) -> dict[str, Any]:
    found: dict[str, Any] = function.properties.get("Environment", {}).get("Variables", {})
    return found


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
