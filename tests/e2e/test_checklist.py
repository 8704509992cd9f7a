"""The checklist on a deployed account, before and after its things are broken by hand."""

import pytest

from lambdas.checklist.checks import CHECKS
from lambdas.vocabulary.backups import RETENTION_TAG, Retention
from lambdas.vocabulary.checklist import Report, Verdict
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name

pytestmark = pytest.mark.slow


def answered(stage):
    return decode(Report, stage.invoke("checklist"))


def failing(report):
    return {answer.check: answer.text for answer in report.answers if answer.verdict is Verdict.FAIL}


@pytest.fixture(scope="module")
def first(stage):
    """Right after the deployment, when no job has run."""
    expire_by_tag(stage)
    return answered(stage)


def expire_by_tag(stage):
    """As the template says it; MiniStack makes buckets without their lifecycle."""
    rules = [
        {
            "ID": retention.value,
            "Status": "Enabled",
            "Filter": {"Tag": {"Key": RETENTION_TAG, "Value": retention.value}},
            "Expiration": {"Days": 30},
        }
        for retention in Retention
        if retention is not Retention.LATEST_PROVEN
    ]
    stage.client("s3").put_bucket_lifecycle_configuration(Bucket=stage.bucket, LifecycleConfiguration={"Rules": rules})


def test_every_check_answers_with_the_rights_that_it_has(first):
    assert [answer.check for answer in first.answers] == [check.name for check in CHECKS]
    unseen = {answer.check: answer.text for answer in first.answers if answer.verdict is Verdict.UNKNOWN}
    assert not {check: text for check, text in unseen.items() if "denied" in text or "itself failed" in text}


def test_what_never_happened_has_not_passed(first):
    passed = {answer.check for answer in first.answers if answer.verdict is Verdict.PASS}
    assert not passed & {"restore-proven", "test-alert-delivered", "page-answered", "test-error", "recovery-point"}
    assert not first.ready


def test_what_passes_says_what_was_seen(first):
    for answer in first.answers:
        if answer.verdict is Verdict.PASS:
            assert answer.calls, answer.check


def test_it_is_kept(stage, first):
    assert first.not_kept == ""
    again = answered(stage)
    assert again.compared_with == first.at


def without_lifecycle(stage):
    stage.client("s3").delete_bucket_lifecycle(Bucket=stage.bucket)
    return stage.bucket


def without_subscription(stage):
    sns, name = stage.client("sns"), physical_name(stage.environment, f"alerts-{Level.HIGH}")
    arn = next(each["TopicArn"] for each in sns.list_topics()["Topics"] if each["TopicArn"].endswith(name))
    for each in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    return name


def without_alarm(stage):
    name = physical_name(stage.environment, "endpoint-api-down")
    stage.client("cloudwatch").delete_alarms(AlarmNames=[name])
    return name


def without_guardduty(stage):
    guardduty = stage.client("guardduty")
    (detector,) = guardduty.list_detectors()["DetectorIds"]
    guardduty.update_detector(DetectorId=detector, Enable=False)
    return detector


def without_retention(stage):
    name = f"/aws/lambda/{stage.function('notify')}"
    stage.client("logs").delete_retention_policy(logGroupName=name)
    return name


@pytest.mark.parametrize(
    ("break_it", "checks"),
    [
        (without_lifecycle, {"backup-retention"}),
        (without_subscription, {"level-topics"}),
        (without_alarm, {"down-after-two"}),
        (without_guardduty, {"guardduty"}),
        (without_retention, {"log-retention"}),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
@pytest.mark.usefixtures("first")
def test_what_is_broken_turns_its_own_lines(stage, break_it, checks):
    before = failing(answered(stage))
    resource = break_it(stage)
    now = failing(answered(stage))
    new = {check: text for check, text in now.items() if check not in before}
    assert checks <= new.keys()
    assert {check: text for check, text in new.items() if resource not in text} == {}
