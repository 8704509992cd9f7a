"""Alarms that fire."""

from lambdas.incident_evidence.sources.alarms import ALARMS
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from tests.unit.lambdas.incident_evidence.situation import Aws, ago, situation


def alarm(name, since, level=Level.HIGH):
    described = AlarmDescription(level, f"{name} is wrong.", "look", "https://runbooks.example/x.md", "team").to_text()
    return {
        "AlarmName": f"junkos-prod-{name}",
        "AlarmDescription": described,
        "StateValue": "ALARM",
        "StateTransitionedTimestamp": since,
        "StateUpdatedTimestamp": ago(seconds=1),
    }


def test_first_to_fire_is_first():
    """By when it changed, not by when its reason was written last."""
    aws = Aws()
    answer = {
        "MetricAlarms": [alarm("api-latency", ago(minutes=4)), alarm("database-locks", ago(minutes=9), Level.MEDIUM)],
        "CompositeAlarms": [alarm("api-failing", ago(minutes=0))],
    }
    asked = {
        "AlarmNamePrefix": "junkos-prod-",
        "AlarmTypes": ("CompositeAlarm", "MetricAlarm", "LogAlarm"),
        "StateValue": "ALARM",
    }
    aws.expect("cloudwatch", "describe_alarms", answer, asked)
    assert ALARMS.look(situation(aws)).lines == (
        "database-locks (medium) fired 9 min before: database-locks is wrong.",
        "api-latency (high) fired 4 min before: api-latency is wrong.",
        "api-failing (high) fired as it opened: api-failing is wrong.",
    )
