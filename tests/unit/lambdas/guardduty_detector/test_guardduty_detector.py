"""The region's detector is made or adopted, brought to the settings, and never weakened."""

from dataclasses import replace

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from lambdas.guardduty_detector.ensure_detector import DetectorError, ensure_detector
from lambdas.guardduty_detector.settings import Settings

SETTINGS = Settings(
    environment="test",
    plans=("RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"),
    publishing_frequency="FIFTEEN_MINUTES",
)
DETECTOR = "12abc34d567e8fa901bc2d34e56789f0"
AS_WANTED = {
    "ServiceRole": "role",
    "Status": "ENABLED",
    "FindingPublishingFrequency": "FIFTEEN_MINUTES",
    "Features": [
        {"Name": "CLOUD_TRAIL", "Status": "ENABLED"},
        {"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"},
        {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
        {"Name": "EKS_AUDIT_LOGS", "Status": "ENABLED"},  # somebody else's
        {"Name": "LAMBDA_NETWORK_LOGS", "Status": "DISABLED"},
    ],
}


def without(plan):
    return {"Features": [{**it, "Status": "DISABLED"} if it["Name"] == plan else it for it in AS_WANTED["Features"]]}


@pytest.fixture
def adopt():
    """Adopts a detector as found; fails unless exactly `changes` are asked of GuardDuty."""

    def run(found, *, changes=None, settings=SETTINGS):
        guardduty = boto3.client("guardduty")
        with Stubber(guardduty) as stub:
            stub.add_response("list_detectors", {"DetectorIds": [DETECTOR]})
            stub.add_response("get_detector", {**AS_WANTED, **found}, {"DetectorId": DETECTOR})
            if changes:
                stub.add_response("update_detector", {}, {"DetectorId": DETECTOR, **changes})
            attributes = ensure_detector(settings, guardduty)
            stub.assert_no_pending_responses()
        return attributes

    return run


def test_missing_detector_is_made():
    """A region without a detector is given one."""
    with mock_aws():
        guardduty = boto3.client("guardduty")

        made = ensure_detector(SETTINGS, guardduty)

        detector = guardduty.get_detector(DetectorId=made["DetectorId"])
        assert made["Done"] == "made"
        assert (detector["Status"], detector["FindingPublishingFrequency"]) == ("ENABLED", "FIFTEEN_MINUTES")
        assert ensure_detector(SETTINGS, guardduty) == {"DetectorId": made["DetectorId"], "Done": "nothing"}


def test_new_detector_matches_settings():
    """A new detector has what the settings name and what is newer than this is switched off."""
    guardduty = boto3.client("guardduty")
    with Stubber(guardduty) as stub:
        stub.add_response("list_detectors", {"DetectorIds": []})
        stub.add_response(
            "create_detector",
            {"DetectorId": DETECTOR},
            {
                "Enable": True,
                "FindingPublishingFrequency": "FIFTEEN_MINUTES",
                "Features": [
                    {"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"},
                    {"Name": "LAMBDA_NETWORK_LOGS", "Status": "DISABLED"},
                    {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
                    {"Name": "EKS_AUDIT_LOGS", "Status": "DISABLED"},
                    {"Name": "EBS_MALWARE_PROTECTION", "Status": "DISABLED"},
                    {"Name": "RUNTIME_MONITORING", "Status": "DISABLED"},
                ],
            },
        )
        newer = [*without("EKS_AUDIT_LOGS")["Features"], {"Name": "AI_PROTECTION", "Status": "ENABLED"}]
        stub.add_response("get_detector", {**AS_WANTED, "Features": newer})
        off = [{"Name": "AI_PROTECTION", "Status": "DISABLED"}]
        stub.add_response("update_detector", {}, {"DetectorId": DETECTOR, "Features": off})

        assert ensure_detector(SETTINGS, guardduty)["Done"] == "made"
        stub.assert_no_pending_responses()


def test_correct_detector_is_unchanged(adopt):
    """A detector as wanted is left alone with what somebody else switched on."""
    assert adopt({}) == {"DetectorId": DETECTOR, "Done": "nothing"}


@pytest.mark.parametrize(
    ("found", "changes", "done"),
    [
        ({"Status": "DISABLED"}, {"Enable": True}, "changed Enable"),
        (
            {"FindingPublishingFrequency": "SIX_HOURS"},
            {"FindingPublishingFrequency": "FIFTEEN_MINUTES"},
            "changed FindingPublishingFrequency",
        ),
        (
            without("S3_DATA_EVENTS"),
            {"Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]},
            "changed S3_DATA_EVENTS",
        ),
    ],
)
def test_only_missing_parts_are_corrected(adopt, found, changes, done):
    """What falls short is put right and nothing else is touched."""
    assert adopt(found, changes=changes)["Done"] == done


def test_removed_plan_stays_on(adopt):
    """A plan that the settings no longer name stays on."""
    settings = replace(SETTINGS, plans=("RDS_LOGIN_EVENTS",))

    assert adopt({}, settings=settings)["Done"] == "nothing"


def refused(administrator):
    guardduty = boto3.client("guardduty")
    stub = Stubber(guardduty)
    stub.add_response("list_detectors", {"DetectorIds": [DETECTOR]})
    stub.add_response("get_detector", {**AS_WANTED, "Status": "DISABLED"})
    stub.add_client_error("update_detector", "BadRequestException", "The request is rejected for a member account.")
    stub.add_response("get_administrator_account", {"Administrator": administrator})
    stub.activate()
    with pytest.raises(DetectorError) as error:
        ensure_detector(SETTINGS, guardduty)
    return str(error.value)


def test_member_account_names_its_administrator():
    """A member account is sent who manages its guardduty and what to do."""
    reason = refused({"AccountId": "111122223333", "RelationshipStatus": "Enabled"})

    assert "BadRequestException: The request is rejected for a member account." in reason
    assert "managed by account 111122223333: switch it on there, or set security.guardduty = false" in reason


def test_refusal_without_administrator_explains():
    """A refusal without an administrator says what else it may be."""
    assert "an organisation's policy" in refused({})


def test_forbidden_activation_explains():
    """An account that may not switch it on is sent so."""
    guardduty = boto3.client("guardduty")
    with Stubber(guardduty) as stub:
        stub.add_response("list_detectors", {"DetectorIds": []})
        stub.add_client_error("create_detector", "AccessDeniedException", "with an explicit deny")
        with pytest.raises(
            DetectorError, match=r"not switched on: AccessDeniedException: .*security\.guardduty = false"
        ):
            ensure_detector(SETTINGS, guardduty)


def test_plan_that_stays_on_is_named():
    """A plan that cannot be switched off is named with what to do."""
    guardduty = boto3.client("guardduty")
    newer = [*AS_WANTED["Features"][:3], {"Name": "AI_PROTECTION", "Status": "ENABLED"}]
    with Stubber(guardduty) as stub:
        stub.add_response("list_detectors", {"DetectorIds": []})
        stub.add_response("create_detector", {"DetectorId": DETECTOR})
        stub.add_response("get_detector", {**AS_WANTED, "Features": newer})
        stub.add_client_error("update_detector", "BadRequestException", "no such feature")
        with pytest.raises(
            DetectorError, match=r"no setting names \(AI_PROTECTION\): BadRequestException: no such feature"
        ):
            ensure_detector(SETTINGS, guardduty)


def test_other_refusal_names_operation():
    """Any other refusal names the operation and what to do."""
    guardduty = boto3.client("guardduty")
    with Stubber(guardduty) as stub:
        stub.add_client_error("list_detectors", "AccessDeniedException", "with an explicit deny")
        with pytest.raises(DetectorError, match=r"refused ListDetectors: AccessDenied.*security\.guardduty = false"):
            ensure_detector(SETTINGS, guardduty)
