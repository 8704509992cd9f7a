"""Writes what was scraped in CloudWatch's embedded metric format, a line for each metric.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
A line with more than a hundred values of a metric is invalid, and the sum of a distribution in several lines is in the
first: https://github.com/open-telemetry/opentelemetry-collector-contrib/pull/36336, by AWS for its own collector.
"""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.prometheus_scrape.measure import ONE, SUM, Combination, Totals
from lambdas.prometheus_scrape.sources import Kind, Series
from lambdas.shared.service import own_names
from lambdas.vocabulary.metrics import Dimension, namespace_of_scraped, unit_of_scraped

MOST_VALUES = 100


@dataclass(frozen=True)
class Emitter:
    """Of one endpoint's scrape; what it writes counts for the period of `at`."""

    environment: str
    job: str
    at: datetime

    def gauge(self, series: Series, combination: Combination, values: Sequence[float]) -> None:
        for some in _parts(values):
            self._write(series, combination, list(some) if len(some) > 1 else some[0])

    def added(self, series: Series, combination: Combination, added: Totals) -> None:
        """What was counted; of a histogram without a new value there is nothing to say."""
        if series.kind is Kind.COUNTER:
            self._write(series, combination, added[ONE])
            return
        for distribution in _distributions(added):
            self._write(series, combination, distribution)

    def _write(self, series: Series, combination: Combination, value: Any) -> None:
        subject = {
            Dimension.ENVIRONMENT.value: self.environment,
            Dimension.JOB.value: self.job,
            **dict(zip(series.labels, combination, strict=True)),
        }
        directive = {
            "Namespace": namespace_of_scraped(own_names().namespace),
            "Dimensions": [list(subject)],
            "Metrics": [{"Name": series.name, "Unit": unit_of_scraped(series.name)}],
        }
        about = {"Timestamp": int(self.at.timestamp() * 1000), "CloudWatchMetrics": [directive]}
        line = json.dumps({"_aws": about, **subject, series.name: value}, allow_nan=False)
        sys.stdout.write(f"{line}\n")  # one write, so that lines do not mix


def _distributions(added: Totals) -> Iterator[dict[str, Any]]:
    """Each value counts as the upper bound of its bucket, which it is not above; beyond the last one, as that.

    So what is within a bound is counted exactly, and a percentile is never reported below the real one but there.
    """
    bounds = sorted(float(part) for part in added if part != SUM)
    last = max((bound for bound in bounds if math.isfinite(bound)), default=0.0)
    counts: dict[float, float] = {}
    for bound in bounds:
        if count := added[str(bound)]:
            counts[min(bound, last)] = counts.get(min(bound, last), 0) + count
    for number, some in enumerate(_parts(list(counts))):
        yield {
            "Values": list(some),
            "Counts": [counts[value] for value in some],
            "Max": max(some),
            "Min": min(some),
            "Count": sum(counts[value] for value in some),
            "Sum": added[SUM] if number == 0 else 0,
        }


def _parts(values: Sequence[float]) -> Iterator[Sequence[float]]:
    for start in range(0, len(values), MOST_VALUES):
        yield values[start : start + MOST_VALUES]
