"""Finds the region's GuardDuty detector or makes it, and applies the settings."""

from typing import Any

from botocore.exceptions import ClientError

from lambdas.guardduty_detector.settings import Settings
from lambdas.shared.observability import logger
from lambdas.vocabulary.guardduty import FOUNDATION, Plan

ON, OFF = "ENABLED", "DISABLED"


class DetectorError(Exception):
    """The settings cannot be applied to the detector; the text says why, and what to do."""


def ensure_detector(settings: Settings, guardduty: Any) -> dict[str, str]:
    """Make the detector, or change the existing one where it has less than the settings.

    A region has one detector at most, so one that exists is adopted: what the settings name is switched on, and what
    somebody else switched on stays on.  Returns the detector and what was done, as attributes of the custom resource.
    Raises DetectorError where the account must not.
    """
    try:
        found = guardduty.list_detectors()["DetectorIds"]
        if found:
            detector, done = found[0], _adopt(settings, guardduty, found[0])
        else:
            detector, done = _make(settings, guardduty), "made"
    except ClientError as error:
        raise DetectorError(f"GuardDuty refused {error.operation_name}: {_said(error)}{_REMEDY}") from error
    logger.info("detector configured", detector=detector, done=done)
    return {"DetectorId": detector, "Done": done}


def _make(settings: Settings, guardduty: Any) -> str:
    """A detector with the plans of the settings and no other; GuardDuty would switch on all that are not named."""
    try:
        detector: str = guardduty.create_detector(
            Enable=True,
            FindingPublishingFrequency=settings.publishing_frequency,
            Features=_features(list(Plan), settings),
        )["DetectorId"]
    except ClientError as error:
        raise DetectorError(f"GuardDuty was not switched on: {_said(error)}{_REMEDY}") from error
    unasked = sorted(_on(guardduty.get_detector(DetectorId=detector)) - set(settings.plans) - FOUNDATION)
    if unasked:  # plans that are newer than this system
        _switch_off(unasked, settings, guardduty, detector)
    return detector


def _switch_off(plans: list[str], settings: Settings, guardduty: Any, detector: str) -> None:
    """Raises DetectorError where they stay on: after thirty days they cost money that was not asked for."""
    try:
        guardduty.update_detector(DetectorId=detector, Features=_features(plans, settings))
    except ClientError as error:
        raise DetectorError(
            f"detector {detector} was made, and has plans on that no setting names ({', '.join(plans)}): {_said(error)}"
            " (switch them off in GuardDuty's console, or leave them on, and deploy again: they are not touched then)"
        ) from error


def _adopt(settings: Settings, guardduty: Any, detector: str) -> str:
    found = guardduty.get_detector(DetectorId=detector)
    missing = [plan for plan in settings.plans if plan not in _on(found)]
    drift: dict[str, Any] = {}
    if found["Status"] != ON:
        drift["Enable"] = True
    if found["FindingPublishingFrequency"] != settings.publishing_frequency:
        drift["FindingPublishingFrequency"] = settings.publishing_frequency
    if missing:
        drift["Features"] = _features(missing, settings)
    if not drift:
        return "nothing"
    try:
        guardduty.update_detector(DetectorId=detector, **drift)
    except ClientError as error:
        raise DetectorError(
            f"detector {detector} was not changed ({', '.join(drift)}): {_said(error)}{_whose(guardduty, detector)}"
        ) from error
    return f"changed {', '.join([*(name for name in drift if name != 'Features'), *missing])}"


def _features(names: list[Any], settings: Settings) -> list[dict[str, str]]:
    return [{"Name": name, "Status": ON if name in settings.plans else OFF} for name in names]


def _on(detector: dict[str, Any]) -> set[str]:
    return {feature["Name"] for feature in detector.get("Features", ()) if feature["Status"] == ON}


def _whose(guardduty: Any, detector: str) -> str:
    """Who may change the detector, as the end of a sentence."""
    try:
        administrator = guardduty.get_administrator_account(DetectorId=detector).get("Administrator")
    except ClientError:
        administrator = None  # the first refusal is what matters
    if not administrator:
        return _REMEDY
    return (
        f" (GuardDuty is managed by account {administrator['AccountId']}: switch it on there, or set"
        " security.guardduty = false; findings are published either way)"
    )


_REMEDY = (
    " (if an organisation's policy or its GuardDuty administrator forbids it, switch it on there and set"
    " security.guardduty = false; findings are published either way)"
)


def _said(error: ClientError) -> str:
    return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
