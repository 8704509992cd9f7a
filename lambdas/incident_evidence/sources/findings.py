"""What GuardDuty found or saw again in the last 24 hours, the gravest first.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListFindings.html
"""

from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.incident_evidence.source import Found, Situation, Source

_BACK: Final = timedelta(hours=24)
_MOST: Final = 10


def _look(situation: Situation) -> Found:
    guardduty = situation.client("guardduty")
    findings = [
        finding
        for detector in guardduty.list_detectors()["DetectorIds"]  # a region has one at most
        for finding in _of_detector(guardduty, detector, situation.at - _BACK)
    ]
    gravest = sorted(findings, key=lambda finding: finding["Severity"], reverse=True)
    return Found(tuple(_line(finding, situation) for finding in gravest))


def _of_detector(guardduty: Any, detector: str, since: datetime) -> list[dict[str, Any]]:
    ids = guardduty.list_findings(
        DetectorId=detector,
        FindingCriteria={
            "Criterion": {
                "updatedAt": {"GreaterThanOrEqual": int(since.timestamp() * 1000)},
                "service.archived": {"Equals": ["false"]},
            }
        },
        SortCriteria={"AttributeName": "severity", "OrderBy": "DESC"},
        MaxResults=_MOST,
    )["FindingIds"]
    found: list[dict[str, Any]] = []
    if ids:
        found = guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]
    return found


def _line(finding: dict[str, Any], situation: Situation) -> str:
    when = situation.from_opening(datetime.fromisoformat(finding["UpdatedAt"]))
    return f"severity {finding['Severity']:g}: {finding['Title']} ({finding['Type']}, {when})"


FINDINGS = Source("Findings of GuardDuty", _look, needs="guardduty")
