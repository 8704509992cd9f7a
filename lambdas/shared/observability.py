"""Structured logs and metrics, alike in every function."""

import os
from collections.abc import Mapping

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from lambdas.vocabulary.metrics import NAMESPACE, Dimension, Metric

# The service is given here and not by POWERTOOLS_SERVICE_NAME: with that variable set, Powertools adds a
# `service` dimension to every metric, and each set of dimensions is paid for.
logger = Logger(service=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "junkos"), utc=True)
logger.append_keys(environment=os.environ.get("ENVIRONMENT", "unknown"))


def publish(values: Mapping[Metric, float], *, environment: str, **subject: str) -> None:
    """Write one line in CloudWatch's embedded metric format: `values` under the environment and the subject.

    Raises powertools' SchemaValidationError when `values` is empty.
    """
    batch = EphemeralMetrics(namespace=NAMESPACE)
    for dimension, of in {Dimension.ENVIRONMENT: environment, **subject}.items():
        batch.add_dimension(dimension, of)
    for metric, value in values.items():
        batch.add_metric(metric, metric.unit, value)
    batch.flush_metrics()
