"""GuardDuty: what it costs depends on all that goes on in the account, so it stands for itself."""

from collections.abc import Iterator

from cost.assumptions import GB, Assumptions
from cost.prices import Price
from cost.templates import Templates
from cost.use import Use

_BY_GUARDDUTY = {"AWS::GuardDuty::Detector", "Custom::GuardDutyDetector"}


def uses_of_guardduty(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    """With the protection plans that are on by default: S3, RDS logins and Lambda."""
    if not any(resource.kind in _BY_GUARDDUTY for resource in templates.resources):
        return
    yield Use(Price.TRAIL_EVENTS, assumptions.trail_events, "GuardDuty")
    yield Use(Price.NETWORK_LOGS, assumptions.network_log_bytes / GB, "GuardDuty")
    yield Use(Price.OBJECT_EVENTS, assumptions.object_events, "GuardDuty, S3 protection")
    yield Use(Price.LOGIN_WATCHED, assumptions.database_processors, "GuardDuty, RDS protection")
    yield Use(Price.FUNCTION_NETWORK, assumptions.network_log_bytes / GB, "GuardDuty, Lambda protection")
