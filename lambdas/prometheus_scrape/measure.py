"""What each wanted series says in an answer: values by the combination of the labels that are kept."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from prometheus_client.samples import Sample

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.exposition import Exposition
from lambdas.prometheus_scrape.sources import Kind, Series
from lambdas.shared.masking import masked_text

Combination = tuple[str, ...]
"""Values of the labels that are kept, in their order."""
Totals = Mapping[str, float]
"""What was counted since the process began: a counter's one, or each bucket by its bound, and the sum."""

ONE, SUM = "", "sum"
LARGEST = 2.0**360
"""CloudWatch takes nothing beyond: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html."""
LONGEST_VALUE = 200
_OF_KINDS = {Kind.GAUGE: ("gauge",), Kind.COUNTER: ("counter",), Kind.HISTOGRAM: ("histogram",)}
_UNTYPED = ("unknown", "untyped")
_COMPOSED = ("histogram", "summary")


@dataclass(frozen=True)
class Gauges:
    values: Mapping[Combination, tuple[float, ...]]
    """Several where a label is not kept."""


@dataclass(frozen=True)
class Counted:
    totals: Mapping[Combination, Totals]


def measure(series: Series, found: Exposition) -> Gauges | Counted:
    """Raises ScrapeError for a series that is not there, is something else, or cannot be published."""
    samples = _samples_of(series, found)
    _refuse_repeated(samples)
    by_combination = _by_combination(series, samples)
    match series.kind:
        case Kind.GAUGE:
            return Gauges({one: values for one, of in by_combination.items() if (values := _published(of))})
        case Kind.COUNTER:
            return Counted({one: {ONE: _added(of)} for one, of in by_combination.items()})
        case Kind.HISTOGRAM:
            return Counted({one: _buckets(series, of) for one, of in by_combination.items()})


def _samples_of(series: Series, found: Exposition) -> list[Sample]:
    names = {
        Kind.GAUGE: (series.name,),
        Kind.COUNTER: (series.name, f"{series.name}_total"),  # the parser puts it to a counter's name
        Kind.HISTOGRAM: (f"{series.name}_bucket", f"{series.name}_sum"),
    }[series.kind]
    declared = _declared(series, found)
    samples = [sample for name in names for sample in found.samples.get(name, ())]
    if declared is None and not samples:
        raise ScrapeError("it is not there: look at its name, and whether the backend registers it")
    fitting = (*_OF_KINDS[series.kind], *_UNTYPED, *(("summary",) if "quantile" in series.labels else ()))
    if declared is not None and declared not in fitting:
        raise ScrapeError(f'it is a {declared} and no {series.kind}: set kind = "{declared}", or name another series')
    return samples


def _declared(series: Series, found: Exposition) -> str | None:
    """The type of its family, in which a counter may be called without its end; a histogram's count is a counter."""
    if series.name in found.types:
        return found.types[series.name]
    whole, _, part = series.name.rpartition("_")
    of = found.types.get(whole)
    if part in ("count", "sum") and of in _COMPOSED:
        return "counter"
    return of if part == "total" else None


def _refuse_repeated(samples: Iterable[Sample]) -> None:
    seen = set()
    for sample in samples:
        key = (sample.name, frozenset(sample.labels.items()))
        if key in seen:
            raise ScrapeError("it stands there twice with the same labels: register it once")
        seen.add(key)


def _by_combination(series: Series, samples: Iterable[Sample]) -> dict[Combination, list[Sample]]:
    """What values become after masking may be alike: those are one."""
    by_values: dict[Combination, list[Sample]] = {}
    for sample in samples:
        by_values.setdefault(tuple(sample.labels.get(label, "") for label in series.labels), []).append(sample)
    if len(by_values) > series.combinations:
        raise ScrapeError(
            f"it has {len(by_values)} combinations of {', '.join(series.labels)}, and {series.combinations} may be paid"
            " for: keep fewer labels, or raise combinations"
        )
    found: dict[Combination, list[Sample]] = {}
    for values, of in by_values.items():
        found.setdefault(tuple(map(_dimension, values)), []).extend(of)
    return found


def _dimension(value: str) -> str:
    """A label's value as CloudWatch takes it: printable ASCII, not blank.  Others choose it: it is masked."""
    text = masked_text(value).strip()[:LONGEST_VALUE]
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text) or "none"


def _published(samples: Iterable[Sample]) -> tuple[float, ...]:
    """Those that are numbers: NaN is how a client says that it knows nothing."""
    return tuple(_finite(sample.value) for sample in samples if not math.isnan(sample.value))


def _finite(value: float) -> float:
    if not abs(value) <= LARGEST:
        raise ScrapeError(f"its value is {value:g}, which CloudWatch does not take: look where it is set")
    return value


def _count(value: float) -> float:
    if not 0 <= value <= LARGEST:
        raise ScrapeError(f"it counted {value:g}, and a count is a number from 0 on: look where it is made")
    return value


def _added(samples: Iterable[Sample]) -> float:
    return sum(_count(sample.value) for sample in samples)


def _buckets(series: Series, samples: Iterable[Sample]) -> Totals:
    """How many values lay in each bucket alone, by its upper bound, and the sum of all values."""
    upto: dict[float, float] = {}
    total = 0.0
    for sample in samples:
        if sample.name == f"{series.name}_bucket":
            bound = _bound(sample)
            upto[bound] = upto.get(bound, 0) + _count(sample.value)
        else:
            total += _finite(sample.value)
    bounds = sorted(upto)
    if not bounds or bounds[-1] != math.inf:
        raise ScrapeError('it has no bucket without an end (le="+Inf"): look what leaves it out')
    if series.alarm_above is not None and max(bounds[:-1], default=0) <= series.alarm_above:
        raise ScrapeError(
            f"its last bucket ends at or below its alarm's threshold, {series.alarm_above:g}, so that it could never be"
            " above: give it a larger bucket"
        )
    counts = [upto[bounds[0]], *(upto[high] - upto[low] for low, high in pairwise(bounds))]
    if min(counts) < 0:
        raise ScrapeError("its buckets do not add up: a larger one counts less than a smaller one")
    return {**{str(bound): count for bound, count in zip(bounds, counts, strict=True)}, SUM: total}


def _bound(sample: Sample) -> float:
    try:
        bound = float(sample.labels["le"])
    except (KeyError, ValueError):
        bound = math.nan
    if math.isnan(bound):
        raise ScrapeError("a bucket of it has no bound (le): look where it is made")
    return bound
