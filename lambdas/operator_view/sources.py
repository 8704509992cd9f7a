"""What views read from."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.report_sources import ReportSources
from lambdas.shared.clock import Clock, now
from lambdas.shared.error_tracking import items, samples
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Event, Issue, Sample

_MERGED: Final = 10
"""So many merges, one after another, are followed from an old id."""


class UnreadSampleError(Exception):
    """Why a sample cannot be shown, in a few words."""


@dataclass(frozen=True)
class ErrorSources:
    """What views of issues read from."""

    errors: ErrorTable
    sample: Callable[[Sample], Event]
    """Raises UnreadSampleError: an issue is shown without its sample."""
    projects: tuple[str, ...]
    """The first one is shown when none is named."""
    clock: Clock = now

    @property
    def at(self) -> datetime:
        return self.clock()

    def issue(self, project: str, of: str) -> Issue | None:
        """Also by the id of one that was merged into it: messages of before name that."""
        for _ in range(_MERGED):
            if found := self.errors.issue(project, of):
                return found
            alias = self.errors.get(items.alias_key(project, of))
            if not alias:
                break
            of = alias["issue"]["S"]
        return None


@dataclass(frozen=True)
class Sources:
    """What is there: one of them at least.  A view of what is not there is none."""

    errors: ErrorSources | None = None
    incidents: IncidentSources | None = None
    reports: ReportSources | None = None
    clock: Clock = now

    @property
    def at(self) -> datetime:
        return self.clock()


def error_sources(errors: ErrorTable, s3: Any, bucket: str, projects: Sequence[str]) -> ErrorSources:
    """`s3` is a boto3 or botocore client."""

    def sample(of: Sample) -> Event:
        try:
            return _an_object(samples.read(s3, bucket, of))
        except samples.NoSampleError as error:
            raise UnreadSampleError("it is older than samples are kept") from error
        except ClientError as error:
            raise UnreadSampleError(f"S3 refused it: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise UnreadSampleError(f"S3 did not answer: {type(error).__name__}") from error
        except (zlib.error, ValueError) as error:
            raise UnreadSampleError("its object is damaged") from error

    return ErrorSources(errors, sample, tuple(projects), errors.clock)


def _an_object(written: Any) -> Event:
    if not isinstance(written, dict):
        raise ValueError("no event")  # noqa: TRY004  (as for any other damage)
    return written
