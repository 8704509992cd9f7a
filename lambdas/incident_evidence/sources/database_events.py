"""What RDS reports of the database's instance: restarts, failovers, full disks, maintenance."""

from typing import Final

from lambdas.incident_evidence.source import Found, Situation, Source

_MINUTES: Final = 120


def _look(situation: Situation) -> Found:
    rds = situation.client("rds")
    answer = rds.describe_events(
        SourceIdentifier=situation.settings.instance, SourceType="db-instance", Duration=_MINUTES
    )
    newest_first = sorted(answer["Events"], key=lambda event: event["Date"], reverse=True)
    return Found(tuple(f"{event['Message']} ({situation.from_opening(event['Date'])})" for event in newest_first))


DATABASE_EVENTS = Source("Events of RDS", _look, needs="instance")
