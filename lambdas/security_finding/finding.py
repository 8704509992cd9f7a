"""A finding of GuardDuty, as a notice.

Its form: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-summary.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from lambdas.security_finding.purposes import meaning_of
from lambdas.security_finding.remote_address import remote_address_of
from lambdas.security_finding.resource import resource_of
from lambdas.security_finding.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.runbooks import Runbook

HIGH, MEDIUM = 7.0, 4.0  # where GuardDuty's own words begin: critical and high, medium


def level_of(severity: float) -> Level:
    """GuardDuty's severity, 1 to 10, as an alert level: what it calls high or critical cannot wait for half an hour."""
    if severity >= HIGH:
        return Level.CRITICAL
    return Level.MEDIUM if severity >= MEDIUM else Level.LOW


def is_archived(event: Mapping[str, Any]) -> bool:
    return bool(event["detail"]["service"].get("archived"))


def notice_of_finding(event: Mapping[str, Any], settings: Settings) -> Notice:
    """The notice of the finding in an event "GuardDuty Finding".

    Raises KeyError for an event of another form: it then ends among the dead letters, which are alarmed.
    """
    finding = event["detail"]
    service, severity = finding["service"], float(finding["severity"])
    resource = resource_of(finding["resource"])
    where = ", ".join(filter(None, [resource.name, remote_address_of(service.get("action") or {})]))
    sample = "Sample: " if _is_sample(service) else ""
    return Notice(
        key=finding["arn"],
        level=level_of(severity),
        change=Change.HAPPENED,
        title=f"{sample}{finding['title']}",
        at=datetime.fromisoformat(service.get("eventLastSeen") or finding["updatedAt"]),
        measured=f"severity {severity:g} of 10: {where}",
        meaning=f"{meaning_of(finding['type'])} {finding['description']}".strip(),
        first_look=(
            f"{resource.first_look} If it is meant to be so, archive the finding; if it will come again, suppress"
            f" {finding['type']} for this resource and no other (the runbook says how)."
        ),
        runbook=f"{settings.runbook_url}/{Runbook.SECURITY_FINDING}.md",
        console=_console(finding["region"], finding["id"]),
        owner=settings.owner,
        since=datetime.fromisoformat(service.get("eventFirstSeen") or finding["createdAt"]),
        count=int(service.get("count", 1)),
    )


def _is_sample(service: Mapping[str, Any]) -> bool:
    """Whether somebody asked GuardDuty for samples to see that they arrive."""
    return bool((service.get("additionalInfo") or {}).get("sample"))


def _console(region: str, identifier: str) -> str:
    return f"https://{region}.console.aws.amazon.com/guardduty/home?region={region}#/findings?search=id%3D{quote(identifier)}"
