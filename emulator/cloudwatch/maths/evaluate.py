"""Computing the queries of an alarm or a graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.maths import functions
from emulator.cloudwatch.maths.aggregates import NoValueError
from emulator.cloudwatch.maths.operators import combine
from emulator.cloudwatch.maths.syntax import parse
from emulator.cloudwatch.maths.tree import Call, Listing, Name, Negation, Node, Number, Operation, Text
from emulator.cloudwatch.maths.values import Array, Series, Value, each
from emulator.cloudwatch.window import Window


def _nothing(*_arguments: object) -> None:
    return None


@dataclass(frozen=True)
class Queries:
    """Metrics by their Id, expressions by theirs, and where values come from that no metric has."""

    window: Window
    metrics: Mapping[str, Series]
    expressions: Mapping[str, str]
    band_of: Callable[[str], tuple[Series, Series] | None] = _nothing
    """The upper and the lower edge of the anomaly band of a query; None while the model has not learnt."""
    insight: Callable[[str, str, Window], Mapping[int, float] | None] = _nothing
    """Points of a Contributor Insights rule's metric."""
    _open: set[str] = field(default_factory=set)

    def value(self, identifier: str) -> Value:
        """The value of a query; raises MathsError when it cannot be computed."""
        if identifier in self.metrics:
            return self.metrics[identifier]
        if identifier not in self.expressions:
            raise MathsError(f"there is no metric or expression with Id {identifier}")
        if identifier in self._open:
            raise MathsError(f"the expression {identifier} needs its own result")
        self._open.add(identifier)
        try:
            return self._compute(parse(self.expressions[identifier]))
        except NoValueError:
            return Series()
        finally:
            self._open.discard(identifier)

    def series(self, identifier: str) -> Series:
        """The single time series that an alarm watches."""
        value = self.value(identifier)
        if isinstance(value, Series):
            return value
        raise MathsError(f"the result of {identifier} is not a single time series")

    def _compute(self, node: Node) -> Value:
        match node:
            case Number(value):
                return value
            case Name(name):
                return self.value(name)
            case Negation(operand):
                return combine("*", -1.0, self._compute(operand))
            case Operation(sign, left, right):
                return combine(sign, self._compute(left), self._compute(right))
            case Listing(items):
                return self._listing(items)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Text(text):
                raise MathsError(f"the text {text!r} has no value")

    def _listing(self, items: tuple[Node, ...]) -> Array:
        found: list[Series] = []
        for item in items:
            value = self._compute(item)
            each(value, lambda series: series, "an array")
            found += value if isinstance(value, tuple) else [value]  # type: ignore[list-item]
        return tuple(found)

    def _call(self, function: str, arguments: tuple[Node, ...]) -> Value:
        special: dict[str, Callable[..., Value]] = {
            "METRICS": self._metrics,
            "ANOMALY_DETECTION_BAND": self._band,
            "INSIGHT_RULE_METRIC": self._insight_metric,
        }
        if function in special:
            return special[function](*arguments)
        functions.require(function)
        return functions.call(function, self.window, [self._argument(argument) for argument in arguments])

    def _argument(self, node: Node) -> Any:
        if isinstance(node, Name) and functions.is_word(node.value):
            return node.value
        return self._compute(node)

    def _metrics(self, having: Node = Text("")) -> Array:  # noqa: B008  a frozen value
        wanted = having.value if isinstance(having, Text) else ""
        return tuple(series for name, series in self.metrics.items() if wanted in name)

    def _band(self, metric: Node, _deviations: Node | None = None) -> Array:
        if not isinstance(metric, Name):
            raise MathsError("ANOMALY_DETECTION_BAND needs the Id of a metric")
        return self.band_of(metric.value) or (Series(), Series())

    def _insight_metric(self, rule: Node, metric: Node) -> Series:
        if not isinstance(rule, Text) or not isinstance(metric, Text | Name):
            raise MathsError("INSIGHT_RULE_METRIC needs the name of a rule and of its metric")
        points = self.insight(rule.value, metric.value, self.window) or {}
        return Series({start: points[start] for start in self.window.starts if start in points})
