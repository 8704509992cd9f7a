"""Findings of GuardDuty."""

from datetime import timedelta

from lambdas.incident_evidence.sources.findings import FINDINGS
from tests.unit.lambdas.incident_evidence.situation import ANY, NOW, Aws, ago, settings, situation


def finding(severity, title, at):
    written = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kind = "UnauthorizedAccess:EC2/SSHBruteForce"
    required = {"AccountId": "1", "Arn": "a", "CreatedAt": written, "Id": title, "Region": "r", "SchemaVersion": "2.0"}
    return {**required, "Severity": severity, "Title": title, "Type": kind, "UpdatedAt": written, "Resource": {}}


def test_gravest_finding_is_first():
    aws = Aws()
    since = int((NOW - timedelta(hours=24)).timestamp() * 1000)
    criteria = {"updatedAt": {"GreaterThanOrEqual": since}, "service.archived": {"Equals": ["false"]}}
    asked = {
        "DetectorId": "d",
        "FindingCriteria": {"Criterion": criteria},
        "SortCriteria": {"AttributeName": "severity", "OrderBy": "DESC"},
        "MaxResults": ANY,
    }
    aws.expect("guardduty", "list_detectors", {"DetectorIds": ["d"]})
    aws.expect("guardduty", "list_findings", {"FindingIds": ["1", "2"]}, asked)
    found = [finding(2, "A scan", ago(hours=3)), finding(8, "A login by force", ago(minutes=5))]
    aws.expect("guardduty", "get_findings", {"Findings": found}, {"DetectorId": "d", "FindingIds": ["1", "2"]})
    assert FINDINGS.look(situation(aws)).lines == (
        "severity 8: A login by force (UnauthorizedAccess:EC2/SSHBruteForce, 5 min before)",
        "severity 2: A scan (UnauthorizedAccess:EC2/SSHBruteForce, 3 h before)",
    )
    aws.had_all()


def test_nothing_found_is_not_fetched():
    aws = Aws()
    aws.expect("guardduty", "list_detectors", {"DetectorIds": ["d"]})
    aws.expect("guardduty", "list_findings", {"FindingIds": []})
    assert FINDINGS.look(situation(aws)).lines == ()


def test_region_without_detector_has_none():
    aws = Aws()
    aws.expect("guardduty", "list_detectors", {"DetectorIds": []})
    assert FINDINGS.look(situation(aws)).lines == ()


def test_not_there_where_guardduty_is_off():
    assert not FINDINGS.is_there(settings(guardduty=False))
