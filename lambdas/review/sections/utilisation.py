"""How much of its instance the database uses, and what a size up or down would cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.review.gather import reason_of
from lambdas.review.metrics import Points, read_metrics, statistic
from lambdas.review.price_list import monthly_dollars
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.review.size_advice import LEAST_HOURS, Advice, Used, advise, used
from lambdas.shared.documents.document import Block, Table, Text
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import number, rounded
from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES, InstanceCapacity, sizes_beside
from lambdas.vocabulary.reviews import State

_HOUR: Final = timedelta(hours=1)
_METRICS: Final = {
    "cpu": ("CPUUtilization", "Average"),
    "memory": ("FreeableMemory", "Minimum"),
    "connections": ("DatabaseConnections", "Maximum"),
}


@dataclass(frozen=True)
class _Instance:
    name: str
    multi_az: bool
    capacity: InstanceCapacity


def _look(situation: Situation) -> Found:
    instance = _instance(situation)
    points = _points(situation)
    hours = min(len(of) for of in points.values())
    if hours < LEAST_HOURS:
        raise UnknownError(f"RDS has metrics of {hours} hours only; {LEAST_HOURS} are needed")
    values = {name: [value for _, value in of] for name, of in points.items()}
    of = used(instance.capacity, values["cpu"], values["memory"], values["connections"])
    advice = advise(of)
    prices, unpriced = _prices(situation, instance)
    said = f"{instance.name}: {_used(of)}; {_advised(advice, instance, prices)}"
    return Found(
        State.GOOD if advice is Advice.KEEP else State.ATTENTION,
        said,
        tuple(_figures(instance, of, advice)),
        tuple(_blocks(instance, prices, unpriced)),
    )


def _instance(situation: Situation) -> _Instance:
    asked = {"DBInstanceIdentifier": situation.settings.instance}
    described = situation.client("rds").describe_db_instances(**asked)["DBInstances"][0]
    name = described["DBInstanceClass"].removeprefix("db.")
    if name not in INSTANCE_CLASSES:
        raise UnknownError(f"class {name} is not in the table of classes (lambdas/vocabulary/instance_classes.py)")
    return _Instance(name, bool(described.get("MultiAZ")), INSTANCE_CLASSES[name])


def _points(situation: Situation) -> Mapping[str, Points]:
    subject = {"DBInstanceIdentifier": str(situation.settings.instance)}
    queries = {name: statistic("AWS/RDS", metric, subject, stat, _HOUR) for name, (metric, stat) in _METRICS.items()}
    return read_metrics(situation.client("cloudwatch"), queries, situation.span.since, situation.span.until)


def _prices(situation: Situation, instance: _Instance) -> tuple[dict[str, float | None], str]:
    """Of the classes beside it and of its own; without them the advice stands all the same."""
    classes = [name for name in (*sizes_beside(instance.name), instance.name) if name]
    try:
        pricing, region = situation.client("pricing"), situation.settings.region
        return {
            name: monthly_dollars(pricing, region, f"db.{name}", multi_az=instance.multi_az) for name in classes
        }, ""
    except (ClientError, BotoCoreError) as error:
        return dict.fromkeys(classes), one_line(reason_of(error))


def _used(of: Used) -> str:
    return f"CPU {rounded(of.cpu)} %, memory {rounded(of.memory)} %, connections {rounded(of.connections)} %"


def _advised(advice: Advice, instance: _Instance, prices: Mapping[str, float | None]) -> str:
    smaller, larger = sizes_beside(instance.name)
    to = {Advice.UP: larger, Advice.DOWN: smaller, Advice.KEEP: None}[advice]
    if advice is Advice.KEEP:
        return "keep"
    if to is None:
        return f"{advice}, but its family has none"
    now, then = prices.get(instance.name), prices.get(to)
    if now is None or then is None:
        return f"{advice} ({to})"
    return f"{advice} ({to}) {'saves' if then < now else 'costs'} ${abs(then - now):.2f} a month"


def _figures(instance: _Instance, of: Used, advice: Advice) -> list[Figure]:
    capacity, source = instance.capacity, "CloudWatch: AWS/RDS by hour; 95 % of all hours are below it"
    memory = f"{rounded(of.memory)} % of {number(capacity.memory_gib)} GiB"
    allowed = f"{rounded(of.connections)} % of {capacity.max_connections}"
    return [
        Figure("class", "Class", instance.name, f"db.{instance.name}", "RDS: DescribeDBInstances"),
        Figure("cpu_percent", "CPU", of.cpu, f"{rounded(of.cpu)} % of {capacity.vcpus} vCPU", source),
        Figure("memory_percent", "Memory", of.memory, memory, source),
        Figure("connections_percent", "Connections", of.connections, allowed, source),
        Figure(
            "advice", "Advice", str(advice), str(advice), "the limits of the alarms, at this size and at half of it"
        ),
    ]


def _blocks(instance: _Instance, prices: Mapping[str, float | None], unpriced: str) -> list[Block]:
    rows = tuple(
        (f"db.{name}{' (now)' if name == instance.name else ''}", *_capacity(INSTANCE_CLASSES[name]), _dollars(price))
        for name, price in prices.items()
    )
    blocks: list[Block] = [Table(("Class", "vCPU", "Memory", "A month, on demand, without storage"), rows)]
    said = f"What they cost is unknown: {unpriced}." if unpriced else "Prices: AWS's price list, of today."
    note = " A class with CPU credits bursts: its CPU over days is bound by its baseline."
    return [*blocks, Text(said + (note if instance.capacity.has_cpu_credits else ""))]


def _capacity(capacity: InstanceCapacity) -> tuple[str, str]:
    return str(capacity.vcpus), f"{number(capacity.memory_gib)} GiB"


def _dollars(price: Any) -> str:
    return "unknown" if price is None else f"${price:.2f}"


UTILISATION = Section(
    "utilisation",
    "Utilisation",
    _look,
    lambda situation: "" if situation.settings.instance else "the database is not an instance of RDS that is known",
)
