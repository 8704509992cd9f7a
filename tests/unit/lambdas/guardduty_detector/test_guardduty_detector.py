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


def test_a_region_without_a_detector_is_given_one():
    with mock_aws():
        guardduty = boto3.client("guardduty")

        made = ensure_detector(SETTINGS, guardduty)

        detector = guardduty.get_detector(DetectorId=made["DetectorId"])
        assert made["Done"] == "made"
        assert (detector["Status"], detector["FindingPublishingFrequency"]) == ("ENABLED", "FIFTEEN_MINUTES")
        assert ensure_detector(SETTINGS, guardduty) == {"DetectorId": made["DetectorId"], "Done": "nothing"}


def test_a_new_detector_has_what_the_settings_name_and_what_is_newer_than_this_is_switched_off():
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


def test_a_detector_as_wanted_is_left_alone_with_what_somebody_else_switched_on(adopt):
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
def test_what_falls_short_is_put_right_and_nothing_else_is_touched(adopt, found, changes, done):
    assert adopt(found, changes=changes)["Done"] == done


def test_a_plan_that_the_settings_no_longer_name_stays_on(adopt):
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


def test_a_member_account_is_told_who_manages_its_guardduty_and_what_to_do():
    reason = refused({"AccountId": "111122223333", "RelationshipStatus": "Enabled"})

    assert "BadRequestException: The request is rejected for a member account." in reason
    assert "managed by account 111122223333: switch it on there, or set security.guardduty = false" in reason


def test_a_refusal_without_an_administrator_says_what_else_it_may_be():
    assert "an organisation's policy" in refused({})


def test_an_account_that_may_not_switch_it_on_is_told_so():
    guardduty = boto3.client("guardduty")
    with Stubber(guardduty) as stub:
        stub.add_response("list_detectors", {"DetectorIds": []})
        stub.add_client_error("create_detector", "AccessDeniedException", "with an explicit deny")
        with pytest.raises(
            DetectorError, match=r"not switched on: AccessDeniedException: .*security\.guardduty = false"
        ):
            ensure_detector(SETTINGS, guardduty)


def test_a_plan_that_cannot_be_switched_off_is_named_with_what_to_do():
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


def test_any_other_refusal_names_the_operation_and_what_to_do():
    guardduty = boto3.client("guardduty")
    with Stubber(guardduty) as stub:
        stub.add_client_error("list_detectors", "AccessDeniedException", "with an explicit deny")
        with pytest.raises(DetectorError, match=r"refused ListDetectors: AccessDenied.*security\.guardduty = false"):
            ensure_detector(SETTINGS, guardduty)
