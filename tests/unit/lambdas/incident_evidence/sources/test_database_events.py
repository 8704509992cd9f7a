"""Events of RDS."""

from lambdas.incident_evidence.sources.database_events import DATABASE_EVENTS
from tests.unit.lambdas.incident_evidence.situation import Aws, ago, settings, situation


def test_newest_event_is_first():
    aws = Aws()
    events = [
        {"Message": "Multi-AZ instance failover started.", "Date": ago(minutes=3)},
        {"Message": "Multi-AZ instance failover completed", "Date": ago(minutes=2)},
    ]
    asked = {"SourceIdentifier": "shop", "SourceType": "db-instance", "Duration": 120}
    aws.expect("rds", "describe_events", {"Events": events}, asked)
    assert DATABASE_EVENTS.look(situation(aws)).lines == (
        "Multi-AZ instance failover completed (2 min before)",
        "Multi-AZ instance failover started. (3 min before)",
    )


def test_not_there_without_instance():
    assert not DATABASE_EVENTS.is_there(settings(instance=None))
