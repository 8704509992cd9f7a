"""GuardDuty: that it watches, that people are notified of what it finds, and that somebody deals with it."""

from typing import Final

from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, only_where, passed
from lambdas.checklist.checks.security.rules import READS as READS_RULES
from lambdas.checklist.checks.security.rules import rules_of
from lambdas.checklist.phrases import listed
from lambdas.shared.quantities import counted
from lambdas.vocabulary.account_changes import FINDING_RULE
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook

GRAVE: Final = 4
"""From this severity on GuardDuty calls a finding medium or worse."""
SHOWN: Final = 10
_wanted = only_where(
    lambda situation: situation.settings.guardduty, "security.guardduty is false in the environment's file"
)


@_wanted
def _guardduty(situation: Situation) -> Outcome:
    detectors = _detectors(situation)
    if not detectors:
        return failed("GuardDuty has no detector in this region")
    detector = situation.account.get("guardduty", "get_detector", DetectorId=detectors[0]) or {}
    status = str(detector.get("Status", "unknown"))
    seen = Seen(f"detector {detectors[0]}", f"Status = {status}")
    if status != "ENABLED":
        return failed(f"GuardDuty's detector {detectors[0]} is {status}", seen)
    return passed(f"detector {detectors[0]} is enabled", seen)


def _detectors(situation: Situation) -> tuple[str, ...]:
    """A region has one at most."""
    return situation.account.pages("guardduty", "list_detectors", "DetectorIds")


@_wanted
def _notified(situation: Situation) -> Outcome:
    name = situation.name(FINDING_RULE)
    state = rules_of(situation).get(name)
    if state is None:
        return failed(f"there is no rule {name}: nobody hears of a finding")
    seen = Seen(name, state)
    return passed(f"rule {name} is enabled", seen) if state == "ENABLED" else failed(f"rule {name} is {state}", seen)


@_wanted
def _handled(situation: Situation) -> Outcome:
    detectors = _detectors(situation)
    if not detectors:
        return failed("GuardDuty has no detector in this region, and so no findings")
    criteria = {"service.archived": {"Equals": ["false"]}, "severity": {"GreaterThanOrEqual": GRAVE}}
    found = situation.account.pages(
        "guardduty",
        "list_findings",
        "FindingIds",
        DetectorId=detectors[0],
        FindingCriteria={"Criterion": criteria},
        SortCriteria={"AttributeName": "severity", "OrderBy": "DESC"},
    )
    if not found:
        return passed(f"no finding of severity {GRAVE} or more is open")
    shown = situation.account.get(
        "guardduty", "get_findings", DetectorId=detectors[0], FindingIds=list(found[:SHOWN])
    ) or {"Findings": ()}
    seen = tuple(Seen(each["Id"], f"severity {each['Severity']:g}: {each['Type']}") for each in shown["Findings"])
    return failed(f"{counted(len(found), 'finding')} open: {listed(each.value for each in seen)}", *seen)


CHECKS: Final = (
    Check(
        name="guardduty",
        line=Line.GUARDDUTY,
        question="Does GuardDuty watch the account?",
        why="Stolen credentials and intruders are seen by nobody else here.",
        passes="The region's detector is enabled.",
        remedy="Set security.guardduty = true and deploy, or enable the detector in GuardDuty's console.",
        importance=Importance.BLOCKER,
        runbook=Runbook.ACCOUNT_CHANGE,
        reads=(
            Reads(
                ("guardduty:ListDetectors", "guardduty:GetDetector"),
                because="The detector's number is AWS's own; it reads only.",
            ),
        ),
        look=_guardduty,
    ),
    Check(
        name="guardduty-findings-notified",
        line=Line.GUARDDUTY,
        question="Are people notified of what GuardDuty finds?",
        why="GuardDuty itself tells nobody: its findings lie in a console.",
        passes="The rule that hands its findings over is enabled.",
        remedy="Deploy the stack security again.",
        importance=Importance.BLOCKER,
        runbook=Runbook.SECURITY_FINDING,
        reads=(READS_RULES,),
        look=_notified,
    ),
    Check(
        name="guardduty-findings-handled",
        line=Line.GUARDDUTY,
        question="Has somebody dealt with what GuardDuty found?",
        why="Findings that nobody archives are findings that nobody reads.",
        passes=f"No finding of severity {GRAVE} or more is open: it was dealt with, then archived.",
        remedy="Deal with each as the runbook says, then archive it in GuardDuty's console.",
        runbook=Runbook.SECURITY_FINDING,
        reads=(
            Reads(
                ("guardduty:ListDetectors", "guardduty:ListFindings", "guardduty:GetFindings"),
                because="The detector's number is AWS's own; it reads only.",
            ),
        ),
        look=_handled,
    ),
)
