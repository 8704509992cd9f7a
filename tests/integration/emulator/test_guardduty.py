"""GuardDuty on the embedded account: one detector, its features as AWS switches them, its events and permissions."""

import json

import pytest
from botocore.exceptions import ClientError

from emulator import account
from tests.integration.emulator.waiting import until


@pytest.fixture
def guardduty(client):
    guardduty = client("guardduty")
    yield guardduty
    for detector in guardduty.list_detectors()["DetectorIds"]:
        guardduty.delete_detector(DetectorId=detector)


def on(guardduty, detector):
    features = guardduty.get_detector(DetectorId=detector)["Features"]
    return {feature["Name"] for feature in features if feature["Status"] == "ENABLED"}


def test_new_detector_has_default_features(guardduty):
    """A new detector has everything on but what is refused and runtime monitoring."""
    refused = [{"Name": "EKS_AUDIT_LOGS", "Status": "DISABLED"}]
    detector = guardduty.create_detector(Enable=True, Features=refused)["DetectorId"]

    assert {"S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "FLOW_LOGS"} <= on(guardduty, detector)
    assert not {"EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"} & on(guardduty, detector)


def test_update_changes_named_features_only(guardduty):
    """An update changes what it names and nothing else."""
    detector = guardduty.create_detector(Enable=False)["DetectorId"]
    before = on(guardduty, detector)

    guardduty.update_detector(
        DetectorId=detector,
        Enable=True,
        FindingPublishingFrequency="FIFTEEN_MINUTES",
        Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}],
    )

    found = guardduty.get_detector(DetectorId=detector)
    assert (found["Status"], found["FindingPublishingFrequency"]) == ("ENABLED", "FIFTEEN_MINUTES")
    assert on(guardduty, detector) == before - {"S3_DATA_EVENTS"}


def test_new_detector_has_found_nothing(guardduty):
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    criteria = {"Criterion": {"updatedAt": {"GreaterThanOrEqual": 1}}}
    assert guardduty.list_findings(DetectorId=detector, FindingCriteria=criteria)["FindingIds"] == []
    assert guardduty.get_findings(DetectorId=detector, FindingIds=["f" * 32])["Findings"] == []
    with pytest.raises(ClientError, match="not owned by the current account"):
        guardduty.list_findings(DetectorId="0" * 32)


def test_second_detector_is_refused(guardduty):
    """A second detector in the region is refused."""
    guardduty.create_detector(Enable=True)
    with pytest.raises(ClientError, match="a detector already exists"):
        guardduty.create_detector(Enable=True)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"Features": [{"Name": "FLOW_LOGS", "Status": "DISABLED"}]}, "FLOW_LOGS is not a feature"),
        ({"FindingPublishingFrequency": "DAILY"}, "DAILY is not a publishing frequency"),
        (
            {
                "Features": [
                    {"Name": name, "Status": "ENABLED"} for name in ("RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING")
                ]
            },
            "only one kind of runtime monitoring",
        ),
    ],
)
def test_what_guardduty_does_not_take_is_refused(guardduty, request_, reason):
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    with pytest.raises(ClientError, match=reason):
        guardduty.update_detector(DetectorId=detector, **request_)


def test_unknown_detector_is_refused(guardduty):
    """A detector that is not there is refused."""
    with pytest.raises(ClientError, match="not owned by the current account"):
        guardduty.get_detector(DetectorId="0" * 32)


def test_only_services_publish_aws_events(client, running):
    """A service of aws puts its events onto the bus and a caller cannot."""
    queue = client("sqs").create_queue(QueueName="findings")["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client("events").put_rule(Name="findings", EventPattern=json.dumps({"source": ["aws.guardduty"]}))
    client("events").put_targets(Rule="findings", Targets=[{"Id": "queue", "Arn": arn}])
    entry = {"Source": "aws.guardduty", "DetailType": "GuardDuty Finding", "Detail": "{}"}
    assert client("events").put_events(Entries=[entry])["FailedEntryCount"] == 1

    running.send_as_service("aws.guardduty", "GuardDuty Finding", {"severity": 8})

    message = until(lambda: client("sqs").receive_message(QueueUrl=queue).get("Messages"))[0]
    assert json.loads(message["Body"])["detail"] == {"severity": 8}


def test_permissions_are_asked_for_each_detector(tmp_path, client_of):
    """On an account of its own: enforcement has no way back."""
    with account.running(tmp_path) as running:
        root, iam = client_of(running, "guardduty"), client_of(running, "iam")
        detector = root.create_detector(Enable=True)["DetectorId"]
        iam.create_user(UserName="reader")
        allowed = {
            "Effect": "Allow",
            "Action": "guardduty:GetDetector",
            "Resource": f"arn:aws:guardduty:*:*:detector/{detector}",
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=document)
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        running.enforce_iam()
        reader = client_of(running, "guardduty", key["AccessKeyId"], key["SecretAccessKey"])

        assert reader.get_detector(DetectorId=detector)["Status"] == "ENABLED"
        for refused in (
            lambda: reader.get_detector(DetectorId="0" * 32),
            lambda: reader.update_detector(DetectorId=detector, Enable=False),
            reader.list_detectors,
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                refused()
