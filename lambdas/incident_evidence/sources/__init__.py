"""All sources, in the order in which people read what they say.

AWS Health is none of them: its API refuses accounts without a plan of AWS Support (Business or above) with
SubscriptionRequiredException, which nothing here can know before, and which would stand as a failure in every incident
of the others.  https://docs.aws.amazon.com/health/latest/APIReference/Welcome.html
"""

from typing import Final

from lambdas.incident_evidence.source import Source
from lambdas.incident_evidence.sources.alarms import ALARMS
from lambdas.incident_evidence.sources.changes_at_aws import CHANGES_AT_AWS
from lambdas.incident_evidence.sources.database import DATABASE
from lambdas.incident_evidence.sources.database_events import DATABASE_EVENTS
from lambdas.incident_evidence.sources.deployments import DEPLOYMENTS
from lambdas.incident_evidence.sources.earlier_incidents import EARLIER_INCIDENTS
from lambdas.incident_evidence.sources.errors import ERRORS
from lambdas.incident_evidence.sources.findings import FINDINGS
from lambdas.incident_evidence.sources.mutes import MUTES

SOURCES: Final[tuple[Source, ...]] = (
    DEPLOYMENTS,
    CHANGES_AT_AWS,
    ALARMS,
    ERRORS,
    DATABASE,
    DATABASE_EVENTS,
    FINDINGS,
    MUTES,
    EARLIER_INCIDENTS,
)
