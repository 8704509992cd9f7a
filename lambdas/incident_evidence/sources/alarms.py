"""The environment's alarms that fire now, by their first change: what broke first is nearest to the cause."""

from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.alarms import alarms_of
from lambdas.vocabulary.names import physical_name


def _look(situation: Situation) -> Found:
    firing = sorted(
        alarms_of(situation.client("cloudwatch"), situation.here, "ALARM"), key=lambda alarm: (alarm.since, alarm.name)
    )
    prefix = physical_name(situation.here, "")
    return Found(
        tuple(
            f"{alarm.name.removeprefix(prefix)} ({alarm.level}) fired {situation.from_opening(alarm.since)}:"
            f" {alarm.meaning}"
            for alarm in firing
        )
    )


ALARMS = Source("Alarms in alarm", _look)
