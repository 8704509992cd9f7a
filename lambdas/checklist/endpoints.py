"""The endpoints that are probed, and what was seen of each last."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.alarm_names import DOWN
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import alarms_of
from lambdas.checklist.check import Reads, Situation, only_where
from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.table import StateTable
from lambdas.shared.quantities import counted
from lambdas.vocabulary.endpoints import State
from lambdas.vocabulary.metrics import Dimension, Metric

PROBES: Final = 3
"""So many intervals without an observation, and an endpoint is not watched."""
TABLE: Final = "endpoint-states"
ENDPOINT: Final = "endpoint-"
ENDINGS: Final = (DOWN, "-flapping", "-slow", "-degraded")
"""Of the names of an endpoint's alarms."""
MOST_NAMED: Final = 3

READS: Final = (*READS_ALARMS, Reads(("dynamodb:BatchGetItem",), arns.of_table(TABLE)))

probed = only_where(
    lambda situation: situation.settings.endpoints > 0, "no endpoint is probed: see the check endpoints-probed"
)


@dataclass(frozen=True)
class Endpoint:
    alarm: str
    """The name at AWS of the alarm on its outage."""
    current: Current

    @property
    def name(self) -> str:
        return self.current.endpoint

    @property
    def answers(self) -> bool:
        return self.current.state in (State.UP, State.SLOW, State.DEGRADED)


def endpoints_of(situation: Situation) -> tuple[Endpoint, ...]:
    """Those that have an alarm on their outage; raises UnreadableError."""
    alarms = {
        alarm.dimensions[Dimension.ENDPOINT]: alarm.name
        for alarm in alarms_of(situation).values()
        if alarm.metric == Metric.UP and alarm.name.endswith(DOWN) and Dimension.ENDPOINT in alarm.dimensions
    }
    if not alarms:
        return ()
    found = situation.account.read(
        "dynamodb",
        "endpoints' states",
        lambda dynamodb: StateTable(dynamodb, situation.name(TABLE)).currents(list(alarms), situation.at.date()),
    )
    return tuple(Endpoint(alarms[current.endpoint], current) for current in found)


def without_alarm(situation: Situation, ending: str) -> str:
    """Those whose alarm with this ending is not there: how many, and its name where another alarm of theirs shows it.

    Empty where each has one.  Raises UnreadableError.
    """
    prefix, wanted = situation.name(ENDPOINT), situation.settings.endpoints
    names = {name for name in alarms_of(situation) if name.startswith(prefix)}
    stems = {name.removesuffix(each) for name in names for each in ENDINGS if name.endswith(each)}
    missing = sorted(stem + ending for stem in stems if stem + ending not in names)
    lacking = max(wanted - sum(name.endswith(ending) for name in names), 0)
    named = f": {', '.join(missing[:MOST_NAMED])} is missing" if missing else ""
    return f"{lacking} of {counted(wanted, 'endpoint')} without an alarm {prefix}…{ending}{named}" if lacking else ""


def stale_after(situation: Situation) -> timedelta:
    return PROBES * timedelta(minutes=situation.settings.probe_minutes)
