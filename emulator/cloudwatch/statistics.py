"""Statistics of the samples of one period.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from collections.abc import Callable, Sequence

from emulator.cloudwatch.samples import Sample
from emulator.cloudwatch.weighted import Weighted

_WHOLE: dict[str, Callable[[Sequence[Sample]], float]] = {
    "SampleCount": lambda samples: sum(sample.count for sample in samples),
    "Sum": lambda samples: sum(sample.total for sample in samples),
    "Average": lambda samples: sum(sample.total for sample in samples) / sum(sample.count for sample in samples),
    "Minimum": lambda samples: min(sample.minimum for sample in samples),
    "Maximum": lambda samples: max(sample.maximum for sample in samples),
}
_ONE_NUMBER = re.compile(r"(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)")
_RANGE = re.compile(r"(TM|WM|TC|TS|PR)\(\s*([\d.]*)(%?)\s*:\s*([\d.]*)(%?)\s*\)")
_QUARTILES = (25.0, 75.0)


class UnknownStatisticError(ValueError):
    """A statistic that CloudWatch does not have."""


def is_percentile(statistic: str) -> bool:
    return statistic.startswith("p") and _ONE_NUMBER.fullmatch(statistic) is not None


def value_of(statistic: str, samples: Sequence[Sample]) -> float | None:
    """The statistic of samples; None when they do not have it (no samples, or no raw values to rank)."""
    samples = [sample for sample in samples if sample.count > 0]
    whole = _WHOLE.get(statistic)
    ranked = None if whole else _ranked(statistic)
    if not samples:
        return None
    if whole:
        return float(whole(samples))
    if ranked is None or any(sample.minimum < 0 or not sample.is_one_value for sample in samples):
        return None
    return ranked(Weighted.of((sample.minimum, sample.count) for sample in samples))


def _ranked(statistic: str) -> Callable[[Weighted], float | None]:
    """How a statistic over the distribution of values is computed."""
    if statistic == "IQM":
        return lambda values: values.between_percentiles(*_QUARTILES).mean()
    if found := _ONE_NUMBER.fullmatch(statistic):
        kind, number = found[1], float(found[2])
        return (lambda values: values.percentile(number)) if kind == "p" else _trimmed(kind.upper(), 0.0, number)
    if found := _RANGE.fullmatch(statistic):
        kind, low, low_percent, high, high_percent = found.groups()
        if low_percent or high_percent:
            return _trimmed(kind, float(low or 0), float(high or 100))
        return _bounded(kind, float(low or "-inf"), float(high or "inf"))
    raise UnknownStatisticError(f"{statistic} is not a statistic of CloudWatch (such as Average, p99, tm90, PR(:300))")


def _trimmed(kind: str, low: float, high: float) -> Callable[[Weighted], float | None]:
    """Over the values between two percentiles."""
    if kind == "WM":
        return lambda values: values.clamped(values.percentile(low), values.percentile(high)).mean()
    return lambda values: _measure(kind, values.between_percentiles(low, high), values)


def _bounded(kind: str, low: float, high: float) -> Callable[[Weighted], float | None]:
    """Over the values above `low` up to and with `high`."""
    if kind == "WM":
        return lambda values: values.clamped(low, high).mean()
    return lambda values: _measure(kind, values.between(low, high), values)


def _measure(kind: str, kept: Weighted, values: Weighted) -> float | None:
    return {
        "TM": kept.mean(),
        "TC": kept.weight,
        "TS": kept.total,
        "PR": 100 * kept.weight / values.weight,
    }[kind]
