"""Security: what watches the account, and whether it still does."""

from typing import Final

from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, not_applicable, passed
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook


def _guardduty(situation: Situation) -> Outcome:
    if not situation.settings.guardduty:
        return not_applicable("security.guardduty is false in the environment's file")
    account = situation.account
    detectors = account.pages("guardduty", "list_detectors", "DetectorIds")
    if not detectors:
        return failed("GuardDuty has no detector in this region")
    detector = account.get("guardduty", "get_detector", DetectorId=detectors[0]) or {}
    status = str(detector.get("Status", "unknown"))
    seen = Seen(f"detector {detectors[0]}", f"Status = {status}")
    if status != "ENABLED":
        return failed(f"GuardDuty's detector {detectors[0]} is {status}", seen)
    return passed(f"detector {detectors[0]} is enabled", seen)


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
)
