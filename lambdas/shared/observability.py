"""Structured logs and metrics, alike in every function; no secret leaves by a log line or an error."""

import functools
import json
import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, overload

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from lambdas.shared.masking import masked, masked_text
from lambdas.shared.service import own_names
from lambdas.vocabulary.metrics import TIME_WARNING, Dimension, Metric

Handler = TypeVar("Handler", bound=Callable[..., Any])


class MaskingLogger(Logger):
    """Powertools' Logger, whose lines, and whose handlers' answers and errors, hold no secret."""

    def __init__(self, **options: Any) -> None:
        super().__init__(json_serializer=_serialize, **options)

    @overload  # type: ignore[override]  # Powertools' further options are passed on by their names
    def inject_lambda_context(self, lambda_handler: Handler) -> Handler: ...
    @overload
    def inject_lambda_context(self, lambda_handler: None = None, **options: Any) -> Callable[[Handler], Handler]: ...
    def inject_lambda_context(
        self, lambda_handler: Handler | None = None, *, masks_answer: bool = True, **options: Any
    ) -> Any:
        """As Powertools does; a run that is nearly too long is told.

        The answer and the error are masked too: the platform logs the one, callers the other.  An answer of markup
        whose texts were masked before is left alone by `masks_answer=False`: masks know no markup and would break it.
        """
        if lambda_handler is None:
            return functools.partial(self.inject_lambda_context, masks_answer=masks_answer, **options)
        masking = _with_masked_outcome(lambda_handler, masked if masks_answer else _as_it_is)
        return super().inject_lambda_context(_with_time_told(masking, self), **options)


def _serialize(line: Mapping[str, Any]) -> str:
    return json.dumps(masked(line), separators=(",", ":"), ensure_ascii=False)


def _as_it_is(answer: Any) -> Any:
    return answer


def _with_masked_outcome(handler: Callable[..., Any], answered: Callable[[Any], Any]) -> Callable[..., Any]:
    """Answer without secrets, and raise an error whose text holds one as another of the same name without it."""

    @functools.wraps(handler)
    def masking(*arguments: Any, **keywords: Any) -> Any:
        try:
            return answered(handler(*arguments, **keywords))
        except Exception as error:
            text = masked_text(str(error))
            if text == str(error):
                raise
            same_name = type(type(error).__name__, (Exception,), {})
            raise same_name(text).with_traceback(error.__traceback__) from None

    return masking


def _with_time_told(handler: Callable[..., Any], told: Logger) -> Callable[..., Any]:
    """Tell of a run that nearly used its time up; one that the platform stops is an error of the function already."""

    @functools.wraps(handler)
    def timed(event: Any, context: Any) -> Any:
        given = context.get_remaining_time_in_millis()
        try:
            return handler(event, context)
        finally:
            used = given - context.get_remaining_time_in_millis()
            if used > TIME_WARNING * given:
                told.warning("nearly out of time", seconds_used=used / 1000, seconds_given=given / 1000)
                publish({Metric.NEARLY_OUT_OF_TIME: 1}, environment=_environment())

    return timed


def _environment() -> str:
    return os.environ.get("ENVIRONMENT", "unknown")


class _MaskingFilter(logging.Filter):
    """Masks what libraries and Python's warnings say through the platform's own handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked_text(record.getMessage()), None
        if record.exc_info:
            record.exc_text = masked_text(logging.Formatter().formatException(record.exc_info))
        return True


logging.captureWarnings(capture=True)
for platform_handler in logging.getLogger().handlers:
    platform_handler.addFilter(_MaskingFilter())

# The service is given here and not by POWERTOOLS_SERVICE_NAME: with that variable set, Powertools adds a
# `service` dimension to every metric, and each set of dimensions is paid for.
logger = MaskingLogger(service=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", own_names().service), utc=True)
logger.append_keys(environment=_environment())


def publish(values: Mapping[Metric, float], at: datetime | None = None, /, *, environment: str, **subject: str) -> None:
    """Write one line in CloudWatch's embedded metric format: `values` under the environment and the subject.

    They count for the period of the moment `at`, which is now when left out.  Raises powertools'
    SchemaValidationError when `values` is empty.
    """
    batch = EphemeralMetrics(namespace=own_names().namespace)
    if at:
        batch.set_timestamp(at)
    for dimension, of in {Dimension.ENVIRONMENT: environment, **subject}.items():
        batch.add_dimension(dimension, of)
    for metric, value in values.items():
        batch.add_metric(metric, metric.unit, value)
    batch.flush_metrics()
