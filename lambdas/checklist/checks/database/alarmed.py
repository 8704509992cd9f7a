"""Whether somebody is notified before the database runs out of storage or connections."""

from typing import Final

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS, alarms_of, outcome_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, unknown
from lambdas.checklist.database import READS_INSTANCE, READS_LOG, instance_of, newest_look, on_rds
from lambdas.shared.quantities import number, size
from lambdas.vocabulary.checklist import Importance, Line, Verdict
from lambdas.vocabulary.runbooks import Runbook

USED: Final = 80
"""Percent, of storage and of connections."""
_GIBIBYTE: Final = 1024**3
ROUNDING: Final = 0.05
"""RDS computes `max_connections` from memory that it does not tell exactly, and storage comes in whole gigabytes."""


@on_rds
def _storage(situation: Situation) -> Outcome:
    instance = instance_of(situation)
    if instance is None:
        return failed(f"the instance {situation.settings.instance} is not there")
    found = outcome_of(situation, (AlarmName.RDS_FREE_STORAGE, AlarmName.RDS_FREE_STORAGE_CRITICAL))
    allocated = int(instance.get("AllocatedStorage", 0)) * _GIBIBYTE
    name = situation.name(AlarmName.RDS_FREE_STORAGE)
    least, threshold = allocated * (100 - USED) / 100, alarms_of(situation)[name].threshold or 0
    if found.verdict is Verdict.PASS and threshold < least * (1 - ROUNDING):
        text = f"{name} fires below {size(threshold)} free, and {100 - USED} % of {size(allocated)} is {size(least)}"
        return failed(f"{text}: the storage has grown", *found.seen)
    return found


def _connections(situation: Situation) -> Outcome:
    alarm = AlarmName.RDS_CONNECTIONS if situation.settings.instance else AlarmName.DATABASE_CONNECTIONS
    found = outcome_of(situation, (alarm,))
    if found.verdict is not Verdict.PASS:
        return found
    most = _most_connections(situation)
    if most is None:
        return unknown("database_check has not counted the connections lately", *found.seen)
    name = situation.name(alarm)
    threshold = alarms_of(situation)[name].threshold or 0
    if threshold > most * (1 + ROUNDING):
        return failed(f"{name} fires above {number(threshold)}, and {USED} % is {number(most)}", *found.seen)
    return found


def _most_connections(situation: Situation) -> float | None:
    """In the unit of the alarm: RDS counts connections, and the metric of database_check is a share already."""
    if not situation.settings.instance:
        return USED
    look = newest_look(situation)
    connections = look.measured("connections") if look else None
    return connections["maximum"] * USED / 100 if connections else None


STORAGE_ALARM: Final = Check(
    name="storage-alarm",
    line=Line.STORAGE_ALARM,
    question=f"Is somebody notified when storage is {USED} % full?",
    why="RDS stops an instance whose storage is full.",
    passes=f"rds-free-storage fires at {USED} % of what is allocated today or before, within {ROUNDING:.0%} of that,"
    " rds-free-storage-critical is there, and both notify somebody.",
    remedy="Set database.allocated_storage_gb to what the instance has, and deploy the stack monitoring.",
    importance=Importance.BLOCKER,
    runbook=Runbook.DATABASE_CAPACITY,
    reads=(*READS, *READS_INSTANCE),
    look=_storage,
)
CONNECTIONS_ALARM: Final = Check(
    name="connections-alarm",
    line=Line.CONNECTIONS_ALARM,
    question=f"Is somebody notified when {USED} % of the connections are in use?",
    why="At 100 % the backend gets errors, and each restart asks for more.",
    passes=f"The alarm on connections fires at {USED} % or before of max_connections, within {ROUNDING:.0%} of that,"
    " and notifies somebody.",
    remedy="Set database_check.connections_percent, or database.max_connections to what the server has, and deploy.",
    importance=Importance.BLOCKER,
    runbook=Runbook.DATABASE_CAPACITY,
    reads=(*READS, *READS_LOG),
    look=_connections,
)
