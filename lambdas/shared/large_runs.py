"""What a function knows of large runs: whether it is one itself, and whether one of its own failed."""

import os
from collections.abc import Mapping
from typing import Any

from lambdas.shared.observability import logger
from lambdas.vocabulary.large_runs import FAILED_RUN, ON_INSTANCE


class LargeRunFailedError(Exception):
    """The job was not done, on an instance as little as here."""


def on_instance(variables: Mapping[str, str] = os.environ) -> bool:
    """Whether this code does a large run.  There no job is too large."""
    return ON_INSTANCE in variables


def raise_failed(event: Any) -> None:
    """Raise LargeRunFailedError for an event which says that a large run failed.

    So the function's own alarm goes off, as for every other job of it that was not done.
    """
    if isinstance(event, Mapping) and FAILED_RUN in event:
        text = str(event[FAILED_RUN])
        logger.error(text)
        raise LargeRunFailedError(text)
