"""What one invocation may use, and how it gets more of it."""

import os
from dataclasses import dataclass
from typing import Any, Self

from lambdas.shared.clock import Deadline
from lambdas.shared.restore.errors import CouldNotVerifyError
from lambdas.vocabulary.large_runs import ON_INSTANCE

CLEANUP_SECONDS = 10
"""Kept of the function's time for stopping the server and writing what was found."""


def on_this_machine(function: str, instance: str) -> str:
    """What to say of a limit: that of the function, or that of the instance which does a large run."""
    return instance if ON_INSTANCE in os.environ else function


class OutOfTimeError(CouldNotVerifyError):
    """The run stopped itself because the function's time is up."""


@dataclass(frozen=True)
class Resources:
    """Memory in bytes, processors, and the time by which the work must be done."""

    memory: int
    processors: int
    deadline: Deadline

    @classmethod
    def of(cls, context: Any) -> Self:
        """Those of this function, for the invocation that `context` belongs to."""
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0")) << 20
        work = Deadline(Deadline.of(context).at - CLEANUP_SECONDS)
        return cls(memory or machine, len(os.sched_getaffinity(0)), work)

    def check_time(self, doing: str) -> None:
        if self.deadline.remaining <= 0:
            raise OutOfTimeError(
                on_this_machine(
                    f"the function's time was up while {doing}"
                    " (raise backups.verification_memory_mb: processors come with memory)",
                    f"the instance's time was up while {doing}"
                    " (raise backups.large_runs.time_limit_hours, or choose a larger instance_type)",
                )
            )
