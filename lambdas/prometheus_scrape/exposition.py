"""What an answer says: the samples of wanted names, in Prometheus' text format or in OpenMetrics.

Formats: https://prometheus.io/docs/instrumenting/exposition_formats/, https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import Metric as Family
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from prometheus_client.samples import Sample

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.fetch import Answer

STARTED = "process_start_time_seconds"
MOST_SAMPLES = 20_000
"""Of the wanted names: about a second of work."""

_PARTS = ("_bucket", "_sum", "_count", "_total")
_OPENMETRICS, _END = "application/openmetrics-text", "# EOF"
_HTML = re.compile(r"\s*<")


@dataclass(frozen=True)
class Exposition:
    """The wanted part of an answer."""

    samples: Mapping[str, Sequence[Sample]]
    """By their names."""
    types: Mapping[str, str]
    """By the names of families, as the TYPE lines have them."""

    @property
    def started(self) -> float | None:
        """When the process that answered began, in seconds since 1970; None when the answer does not say.

        Clients may put a prefix of their own before the name.
        """
        names = [name for name in self.samples if name.endswith(STARTED)]
        name = STARTED if STARTED in names else min(names, default=None)
        moment = self.samples[name][0].value if name else math.nan
        return moment if math.isfinite(moment) else None


def read(answer: Answer, names: Iterable[str]) -> Exposition:
    """The samples of these names, and of the parts of a histogram or a counter that is called so.

    An answer may have a hundred thousand lines, and the parser takes 25 microseconds for each: it gets those that are
    wanted.  Raises ScrapeError.
    """
    if _HTML.match(answer.text) or answer.content_type.startswith("text/html"):
        raise ScrapeError("it answers with a page of HTML: set the url where the metrics are, such as /metrics")
    openmetrics = answer.content_type.startswith(_OPENMETRICS)
    if openmetrics and not answer.text.rstrip().endswith(_END):
        raise ScrapeError("its answer has no end: OpenMetrics ends with # EOF (look what cuts it short)")
    lines = [found[0] for found in _wanted(names).finditer(answer.text)]
    if len(lines) > MOST_SAMPLES:
        raise ScrapeError(f"it has more than {MOST_SAMPLES} lines of the wanted series: give it fewer labels")
    types = _types(lines)
    samples: dict[str, list[Sample]] = {}
    for family in _parsed([*lines, *([_END] if openmetrics else [])], openmetrics=openmetrics):
        for sample in family.samples:
            samples.setdefault(sample.name, []).append(sample)
    return Exposition(samples, types)


def _wanted(names: Iterable[str]) -> re.Pattern[str]:
    """Lines with samples of these names, and the TYPE lines of their families."""
    families = {name.removesuffix(part) for name in names for part in ("", *_PARTS)} | {*names}
    any_of = "|".join(map(re.escape, sorted(families)))
    name = rf"(?:(?:{any_of})(?:{'|'.join(_PARTS)})?|(?:[a-zA-Z0-9_:]+_)?{STARTED})"
    return re.compile(rf"^(?:#[ \t]+TYPE[ \t]+)?{name}[ \t{{].*$", re.MULTILINE)


def _types(lines: Iterable[str]) -> dict[str, str]:
    declared = [line.split()[2:4] for line in lines if line.startswith("#")]
    twice = [name for name, found in Counter(name for name, *_ in declared).items() if found > 1]
    if twice:
        raise ScrapeError(f"{min(twice)} has two TYPE lines: register it once")
    return {name: kind[0] if kind else "unknown" for name, *kind in declared}


def _parsed(lines: Sequence[str], *, openmetrics: bool) -> list[Family]:
    text = "".join(f"{line}\n" for line in lines)
    try:
        return list((read_openmetrics if openmetrics else read_text)(text))
    except Exception as error:  # the parsers promise no kind of error for what is malformed
        raise ScrapeError(f"its answer is malformed: {_shown(error)}") from error


def _shown(error: Exception) -> str:
    """What the parser says quotes the line, which may be anything."""
    words = " ".join(str(error).split()) or type(error).__name__
    return "".join(letter if letter.isprintable() else "?" for letter in words)[:120]
