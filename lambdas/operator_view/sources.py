"""What views read from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.shared.clock import Clock, now
from lambdas.shared.error_tracking import samples
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Event, Sample


@dataclass(frozen=True)
class Sources:
    errors: ErrorTable
    sample: Callable[[Sample], Event | None]
    """The event that was kept; None when it is not there any more."""
    projects: tuple[str, ...]
    """The first one is shown when none is named."""
    clock: Clock = now

    @property
    def at(self) -> datetime:
        return self.clock()


def open_sources(errors: ErrorTable, s3: Any, bucket: str, projects: Sequence[str]) -> Sources:
    """`s3` is a boto3 or botocore client."""

    def sample(of: Sample) -> Event | None:
        try:
            return samples.read(s3, bucket, of)
        except samples.NoSampleError:
            return None

    return Sources(errors, sample, tuple(projects), errors.clock)
