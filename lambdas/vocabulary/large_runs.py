"""Large runs: a job that is too large for its function, done by the same code on an instance that lives for it alone.

    Run ─> too large? ─> Order ─> Look ─> … ─> End

Each job has a state machine of the function's name.  `Run` is the function itself; the other steps are runs of
`large_run`.  The instance writes what became of the run into the bucket of backups:

    _runs/<job>/<execution>/log.jsonl      what the function would have logged
    _runs/<job>/<execution>/result.json    written last: its answer or its error

No database can be called `_runs` (see `DATABASE_NAME`), so no backup lies there.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from lambdas.vocabulary.codec import JsonDocument, encode

ON_INSTANCE: Final = "LARGE_RUN"
"""The environment variable that says to a function's code that it runs on an instance; its value is `true`."""
TOO_LARGE: Final = "too_large"
"""The key of a function's answer that it did nothing, because the job is too large for it."""
FAILED_RUN: Final = "failed_large_run"
"""The key of an event by which a function learns that its large run failed: it fails with the text, and so is seen."""

JOBS: Final = ("database_backup", "restore_verification")
"""The folders of the functions that have large runs."""

RUNS: Final = "_runs"
LOG: Final = "log.jsonl"
RESULT: Final = "result.json"
KEPT: Final = timedelta(days=30)
"""How long the files of a run are kept."""

PURPOSE: Final = "purpose"
"""The tag that an instance has from its making on; nothing without it is ever ended."""
LARGE_RUN: Final = "large-run"
"""The tag's value."""
JOB: Final = "job"
"""The tag with the job's name."""
EXECUTION: Final = "execution"
"""The tag with the ARN of the execution that ordered the instance: no other one ends it as its own."""
SUBJECT: Final = "subject"
"""The tag with a digest of what the run is about, by which a second run of the same is recognised."""

LARGE_RUN_FAILED: Final = "LargeRunFailed"
"""The error of an execution whose instance was not there, or came to no answer."""
FUNCTION_FAILED: Final = "FunctionFailed"
"""The error of an execution whose function failed: its own alarm says so."""

DEVICE: Final = "/dev/xvda"
"""The root volume of Amazon Linux 2023."""
DISK_MBPS: Final = 500
"""Where the database itself is on the disk: a gp3 volume has 125 MB/s otherwise, less than a restore writes."""

SPARE: Final = timedelta(hours=2)
"""Beyond a run's own time limit: for an instance that is not to be had at once, and for the end."""
LEFTOVER: Final = timedelta(hours=3)
"""An instance that is older than the run's time limit and this was left behind: it is ended, and reported."""


@dataclass(frozen=True)
class TooLarge(JsonDocument):
    """Why a function did nothing; both in bytes of the database."""

    bytes: int
    limit: int

    def answer(self) -> dict[str, Any]:
        """What the function answers."""
        return {TOO_LARGE: encode(self)}


class Step(StrEnum):
    """What a run of `large_run` is for."""

    ORDER = "order"
    LOOK = "look"
    END = "end"
    REAP = "reap"
    """By schedule, apart from any run."""


class Phase(StrEnum):
    """Where a large run is, by which the state machine goes on."""

    WAITING = "waiting"
    """AWS has no such instance at the moment: it is ordered again."""
    RUNNING = "running"
    ENDED = "ended"
    """It wrote its result, or the instance is gone, or its time is over: what became of it is found out at the end."""
    ELSEWHERE = "elsewhere"
    """Another execution does the same at the moment."""


@dataclass(frozen=True)
class Job(JsonDocument):
    """What a state machine says of its job."""

    function: str
    """Its folder."""
    launch_template: str
    launch_template_version: str
    subnets: tuple[str, ...]
    """Where its instance may be; each is in a zone of its own."""
    security_groups: tuple[str, ...]
    code: str
    """`s3://…` of the zipped code."""
    layers: tuple[str, ...]
    """`s3://…` of each zipped layer."""
    variables: Mapping[str, str]
    """The function's environment variables."""
    python: str
    region: str
    disk_gb: int
    """What the instance needs for itself and the code."""
    disk_share: float
    """And of the database's bytes."""
    tags: Mapping[str, str]
    """Of everything that the environment makes."""


@dataclass(frozen=True)
class Progress(JsonDocument):
    """What one step hands to the next."""

    phase: Phase
    asked_at: datetime
    """Of the first order."""
    instance: str = ""
    ordered_at: datetime | None = None
    """Of the order that there was an instance for."""
    failure: str = ""
    """Why the run will have no result, as far as that is known before its end."""


def folder_of(job: str, execution: str) -> str:
    """The key's beginning of all that the run of an execution (its ARN) writes."""
    name = execution.rpartition(":")[2]
    return f"{RUNS}/{job.replace('_', '-')}/{name}/"


def subject_of(job: str, what: str) -> str:
    """The value of the tag `subject`: a slot and a backup may have letters that no tag takes."""
    return hashlib.sha256(f"{job} {what}".encode()).hexdigest()[:32]
