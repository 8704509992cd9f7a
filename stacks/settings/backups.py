"""Section `[backups]`."""

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from lambdas.vocabulary.point_in_time import LONGEST_RESTORE
from stacks.settings import schedule
from stacks.settings.section import Section
from stacks.settings.types import (
    Acceptable,
    Allowed,
    InstanceClass,
    InstanceType,
    Region,
    Schedule,
    Text,
    refuse_repeated,
)

_A_DATE = Allowed("a date without quotes, such as 2027-03-31")
_MOST_ACCEPTED = 5  # a function has room for 4 KB of settings


class Accepted(Section):
    """Something that no restore verification can prove, accepted until a date; after it, it is an alarm again."""

    what: Annotated[
        Acceptable,
        Field(description="What the restore server lacks, as the verdict names it; `database size` for its disk."),
    ]
    until: Annotated[date, _A_DATE, Field(description="The last day (UTC) on which that is no alarm.")]
    reason: Annotated[Text, Field(description="Why it is accepted; it stands in every verdict.")]


class PointInTimeDrill(Section):
    """RDS's own backups restored into a temporary instance, by schedule and on demand.  Without it there is none."""

    schedule: Annotated[Schedule, Field(description="When one is held.")] = "cron(0 5 2 * ? *)"
    instance_class: Annotated[
        InstanceClass, Field(description="The size of the temporary instance, which is paid for by the second.")
    ] = "t4g.micro"
    time_limit_minutes: Annotated[
        int,
        Field(ge=15, le=LONGEST_RESTORE // timedelta(minutes=1), description="When a restore is given up."),
    ] = 180


def architecture_of(instance_type: str) -> str:
    """An instance type's processor: those with Graviton have a `g` after the family's number, as in `c7gd.large`."""
    return "arm64" if re.match(r"a1\.|[a-z]+\d+g", instance_type) else "x86_64"


class LargeRuns(Section):
    """Backups and proofs that are too large for a function, on an instance that lives for one run only."""

    enabled: Annotated[
        bool, Field(description="Without them a larger database is backed up as far as it goes, and proven in part.")
    ] = True
    instance_type: Annotated[
        InstanceType | None,
        Field(
            description='Left out: `m7g.xlarge`, with `architecture = "x86_64"` `m7i.xlarge` (4 processors, 16 GiB).'
        ),
    ] = None
    spot: Annotated[
        bool, Field(description="An instance that AWS may take back: a third of the price, and a run that may fail.")
    ] = False
    time_limit_hours: Annotated[int, Field(ge=1, le=24, description="When a run that is not done is ended.")] = 12


class Backups(Section):
    """The dumps in S3: when, how long they are kept and what is expected of them."""

    schedule: Annotated[Schedule, Field(description="When a backup is taken.")] = "cron(0 2 * * ? *)"
    daily_days: Annotated[int, Field(ge=7, le=365, description="How long a backup is kept.")] = 30
    weekly_weeks: Annotated[int, Field(ge=1, le=104, description="How long a week's first backup is kept.")] = 12
    monthly_months: Annotated[int, Field(ge=1, le=120, description="How long a month's first backup is kept.")] = 12
    object_lock_days: Annotated[
        int | None,
        Field(
            ge=1,
            le=365,
            description="So long a backup cannot be deleted, but by whom IAM lets bypass it (S3 Object Lock, governance"
            " mode). Decide before the first deployment. Left out: off.",
        ),
    ] = None
    copy_region: Annotated[
        Region | None,
        Field(
            description="A second region, in which every backup has a copy that the first one's loss does not reach."
            " Left out: off. `docs/copies.md` says what it costs."
        ),
    ] = None
    recovery_time_objective_minutes: Annotated[
        int, Field(ge=1, le=1440, description="How long fetch, restore and verify may take together.")
    ] = 60
    recovery_point_objective_hours: Annotated[
        int, Field(ge=1, le=744, description="How much of the newest data may be lost.")
    ] = 24
    grace_hours: Annotated[
        int, Field(ge=1, le=24, description="How far a backup's age may pass the objective before the alarm.")
    ] = 2
    memory_mb: Annotated[
        int, Field(ge=256, le=10240, description="Memory of the backup function; CPU grows with it.")
    ] = 1769
    timeout_minutes: Annotated[int, Field(ge=1, le=15, description="When Lambda ends a backup that is not done.")] = 15
    verification_memory_mb: Annotated[
        int, Field(ge=512, le=10240, description="Memory of the restore verification; CPU grows with it.")
    ] = 3008
    verification_storage_gb: Annotated[
        int, Field(ge=1, le=10, description="Temporary disk of the restore verification, for the restored database.")
    ] = 10
    function_limit_gb: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            description="A larger database (`pg_database_size`) is backed up by a large run, where these are on and the"
            " database is in a VPC.",
        ),
    ] = 50
    compression_level: Annotated[int, Field(ge=1, le=19, description="Zstandard's level.")] = 1
    accepted: tuple[Accepted, ...] = Field(default=(), max_length=_MOST_ACCEPTED, strict=False)
    point_in_time_drill: PointInTimeDrill | None = None
    large_runs: LargeRuns = LargeRuns()

    @field_validator("accepted")
    @classmethod
    def _each_once(cls, accepted: tuple[Accepted, ...]) -> tuple[Accepted, ...]:
        refuse_repeated([each.what for each in accepted], "what is accepted:")
        return accepted

    @field_validator("weekly_weeks")
    @classmethod
    def _longer_than_daily(cls, weeks: int, info: ValidationInfo) -> int:
        if weeks * 7 < (daily := info.data.get("daily_days", 0)):
            raise ValueError(f"must not be shorter than daily_days ({daily} days; this is {weeks * 7})")
        return weeks

    @field_validator("monthly_months")
    @classmethod
    def _longer_than_weekly(cls, months: int, info: ValidationInfo) -> int:
        if months * 31 < (weekly := info.data.get("weekly_weeks", 0) * 7):
            raise ValueError(f"must not be shorter than weekly_weeks ({weekly} days; this is {months * 31})")
        return months

    @field_validator("object_lock_days")
    @classmethod
    def _unlocked_when_it_expires(cls, days: int | None, info: ValidationInfo) -> int | None:
        daily = info.data.get("daily_days")
        if days and daily and days > daily:
            raise ValueError(f"must not be longer than daily_days ({daily}): a locked backup cannot expire")
        return days

    @field_validator("recovery_point_objective_hours")
    @classmethod
    def _kept_by_the_schedule(cls, hours: int, info: ValidationInfo) -> int:
        if "schedule" not in info.data:
            return hours
        interval = schedule.longest_interval(info.data["schedule"])
        if interval and interval > timedelta(hours=hours):
            raise ValueError(
                f"must be at least {interval / timedelta(hours=1):g}: {info.data['schedule']} leaves that many hours"
                " between two backups"
            )
        return hours
