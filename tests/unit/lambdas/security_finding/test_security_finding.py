"""What is published of findings and of acts in the account: once, in words, and again when it gets worse."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from lambdas.security_finding.administrator import permits_everything
from lambdas.security_finding.changes import CHANGES
from lambdas.security_finding.finding import level_of, notice_of_finding
from lambdas.security_finding.publish import publish_event
from lambdas.security_finding.published import LEASE, PublishedTable
from lambdas.security_finding.settings import EXPIRES_AT, KEY, Settings
from lambdas.vocabulary.account_changes import CHANGE, EVENT, AccountChange
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.unit.lambdas.security_finding.events import ACCOUNT, ANNA, FINDINGS, ROOT, finding, record, role

START = datetime(2026, 11, 24, 9, 20, 10, tzinfo=UTC)
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
OSLO = "198.51.100.7 (Oslo, Norway, Example Hosting)"
BRUTE_FORCE = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce"
SETTINGS = Settings(
    environment="test",
    table="published",
    critical_topic="arn:aws:sns:eu-central-1:123456789012:critical",
    high_topic="arn:aws:sns:eu-central-1:123456789012:high",
    medium_topic="arn:aws:sns:eu-central-1:123456789012:medium",
    low_topic="arn:aws:sns:eu-central-1:123456789012:low",
    runbook_url="https://runbooks.example",
    owner="backend",
    finding_quiet=DAY,
    change_quiet=timedelta(hours=1),
)


class Sns:
    """Keeps what is published, as (level, notice); fails as often as a test wants."""

    def __init__(self):
        self.published, self.failures = [], 0

    def publish(self, *, TopicArn, Message, **_):  # noqa: N803  (boto3's names)
        if self.failures:
            self.failures -= 1
            raise ClientError({"Error": {"Code": "Throttled", "Message": "later"}}, "Publish")
        self.published.append((TopicArn.rpartition(":")[2], Notice.from_json(json.loads(Message)["default"])))


@pytest.fixture
def sns():
    return Sns()


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        dynamodb.create_table(
            TableName=SETTINGS.table,
            KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield PublishedTable(dynamodb, SETTINGS.table)


@pytest.fixture
def happen(table, sns, iam):
    """Lets an event happen so long after START; returns whether it was published."""

    def run(event, after=timedelta(0)):
        return publish_event(SETTINGS, event, table, sns=sns, iam=iam, clock=lambda: START + after)["published"]

    return run


@pytest.fixture
def iam(table):
    """The account's identities, in the account of the table."""
    return boto3.client("iam")


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        *((severity, Level.CRITICAL) for severity in (10, 9, 7)),
        *((severity, Level.MEDIUM) for severity in (6.9, 4)),
        *((severity, Level.LOW) for severity in (3.9, 1)),
    ],
)
def test_severity_is_level(severity, level):
    assert level_of(severity) is level


def notice(finding_type, **changes):
    return notice_of_finding(finding(finding_type, **changes), SETTINGS)


@pytest.mark.parametrize(
    ("finding_type", "where"),
    [
        (
            "UnauthorizedAccess:EC2/SSHBruteForce",
            f"severity 2 of 10: instance i-0123456789abcdef0, from {OSLO}",
        ),
        (
            "Backdoor:EC2/C&CActivity.B",
            f"severity 8 of 10: instance i-0123456789abcdef0, to {OSLO}",
        ),
        (
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            "severity 8 of 10: instance i-0123456789abcdef0, asking for pool.example",
        ),
        (
            "Recon:EC2/PortProbeUnprotectedPort",
            f"severity 2 of 10: instance i-0123456789abcdef0, from {OSLO}",
        ),
        (
            "Discovery:IAMUser/AnomalousBehavior",
            f"severity 2 of 10: access key ASIAEXAMPLE of Role deploy, calling DescribeDBInstances from {OSLO}",
        ),
        (
            "Exfiltration:S3/AnomalousBehavior",
            f"severity 8 of 10: bucket backups by access key ASIAEXAMPLE of Role deploy, calling GetObject from {OSLO}",
        ),
        (
            BRUTE_FORCE,
            f"severity 8 of 10: database junkos-prod-database, user junkos, from {OSLO}",
        ),
        (
            "UnauthorizedAccess:Lambda/TorClient",
            f"severity 8 of 10: function orders, to {OSLO}",
        ),
        (
            "PrivilegeEscalation:Kubernetes/PrivilegedContainer",
            f"severity 5 of 10: cluster orders, from {OSLO}",
        ),
        ("Execution:ECS/MaliciousFile", "severity 8 of 10: cluster orders"),
        ("Execution:Container/MaliciousFile", "severity 8 of 10: container api"),
        ("Object:S3/MaliciousFile", "severity 8 of 10: bucket uploads"),
        ("AttackSequence:IAM/CompromisedCredentials", "severity 9 of 10: AttackSequence"),
    ],
)
def test_finding_names_resource_and_origin(finding_type, where):
    """A finding says on what and from where."""
    assert notice(finding_type).measured == where


@pytest.mark.parametrize("finding_type", FINDINGS)
def test_finding_begins_in_plain_words(finding_type):
    """A finding says what it means in plain words before guardduty speaks."""
    published = notice(finding_type)
    assert published.title == FINDINGS[finding_type][0]
    assert not published.meaning.startswith(published.title)
    assert published.meaning.endswith("It is described here at length.")


def test_finding_text_is_complete():
    """A finding says since when how often where to look and what to do if it is meant."""
    published = notice(BRUTE_FORCE, count=5)
    assert published.since == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert published.at == datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
    assert (published.count, published.change, published.owner) == (5, Change.HAPPENED, "backend")
    assert published.runbook == "https://runbooks.example/security-finding.md"
    assert published.console == (
        "https://eu-central-1.console.aws.amazon.com/guardduty/home?region=eu-central-1"
        "#/findings?search=id%3D4eb8d7a1c2f34d5e8f90a1b2c3d4e5f6"
    )
    assert "change its password" in published.first_look
    assert f"suppress {BRUTE_FORCE} for this resource and no other" in published.first_look


def test_unknown_resource_shows_its_type():
    """A resource of a kind that is newer than this is sent by its type."""
    event = finding(BRUTE_FORCE)
    event["detail"]["resource"] = {"resourceType": "Toaster", "toasterDetails": {}}
    event["detail"]["type"] = "Overheating:Toaster/Unattended"
    published = notice_of_finding(event, SETTINGS)
    assert "Toaster" in published.measured
    assert published.meaning.startswith("A user logged in")


def test_a_sample_says_that_it_is_one():
    assert notice(BRUTE_FORCE, sample=True).title.startswith("Sample: ")


def test_notice_goes_to_levels_topic(happen, sns):
    """People are notified on the topic of the level."""
    for severity in (8, 5, 2):
        happen(finding(BRUTE_FORCE, severity=severity, identifier=f"{severity:032}"))
    assert [(topic, published.level) for topic, published in sns.published] == [
        ("critical", Level.CRITICAL),
        ("medium", Level.MEDIUM),
        ("low", Level.LOW),
    ]


def test_ongoing_finding_is_sent_daily(happen, sns):
    """A finding that goes on is sent once and then once a day with its count."""
    published = [happen(finding(BRUTE_FORCE, count=1 + n), n * QUARTER) for n in range(2 * 96 + 1)]
    assert [n for n, it in enumerate(published) if it] == [0, 96, 192]
    assert [notice.count for _, notice in sns.published] == [1, 97, 193]


def test_only_rise_is_sent_immediately(happen, sns):
    """A rise of level is sent at once and a fall is not."""
    severities = [2, 5, 5, 8, 5, 2, 8]
    published = [happen(finding(BRUTE_FORCE, severity=severity), n * QUARTER) for n, severity in enumerate(severities)]
    assert published == [True, True, False, True, False, False, False]
    assert [topic for topic, _ in sns.published] == ["low", "medium", "critical"]


def test_two_findings_are_two(happen):
    assert happen(finding(BRUTE_FORCE, identifier="a" * 32))
    assert happen(finding(BRUTE_FORCE, identifier="b" * 32))


def test_archived_finding_is_ignored(happen):
    """An archived finding is not sent."""
    assert not happen(finding(BRUTE_FORCE, archived=True))


def test_failed_publication_is_retried(happen, sns):
    """What could not be published is sent by the retry."""
    sns.failures = 1
    with pytest.raises(ClientError, match="Throttled"):
        happen(finding(BRUTE_FORCE))
    assert happen(finding(BRUTE_FORCE), timedelta(minutes=1))


def test_failed_rise_keeps_earlier_state(happen, sns):
    """A rise that could not be published leaves what was sent before."""
    happen(finding(BRUTE_FORCE, severity=5))
    sns.failures = 1
    with pytest.raises(ClientError):
        happen(finding(BRUTE_FORCE, severity=8), QUARTER)
    assert not happen(finding(BRUTE_FORCE, severity=5), 2 * QUARTER)
    assert happen(finding(BRUTE_FORCE, severity=8), 2 * QUARTER)


def test_doubled_event_is_sent_once(table):
    """A doubled event is sent by one of its two runs."""
    assert table.claim("finding", Level.HIGH, DAY, START)
    assert table.claim("finding", Level.HIGH, DAY, START) is None


def test_crashed_run_blocks_until_lease(table):
    """A run that died while telling holds nobody up for longer than its lease."""
    table.claim("finding", Level.HIGH, DAY, START)  # and never completed
    assert table.claim("finding", Level.HIGH, DAY, START + LEASE - timedelta(seconds=1)) is None
    assert table.claim("finding", Level.HIGH, DAY, START + LEASE)


def test_overtaken_claim_changes_nothing(table):
    """A claim that was overtaken by a rise changes nothing."""
    first = table.claim("finding", Level.MEDIUM, DAY, START)
    rise = table.claim("finding", Level.CRITICAL, DAY, START)
    with rise:
        pass
    with pytest.raises(RuntimeError), first:
        raise RuntimeError("it could not be published")
    assert table.claim("finding", Level.CRITICAL, DAY, START + QUARTER) is None


def test_stale_records_expire(table):
    """Records are forgotten when they say nothing any more."""
    table.claim("finding", Level.HIGH, DAY, START)
    (item,) = table.dynamodb.scan(TableName=SETTINGS.table)["Items"]
    assert float(item[EXPIRES_AT]["N"]) == round((START + DAY).timestamp())


def test_table_error_publishes_nothing(sns):
    """An error of the table passes on and nothing is published."""
    dynamodb = boto3.client("dynamodb")
    with Stubber(dynamodb) as stub:
        stub.add_client_error("update_item", "ProvisionedThroughputExceededException")
        with pytest.raises(ClientError):
            publish_event(SETTINGS, finding(BRUTE_FORCE), PublishedTable(dynamodb, "published"), sns=sns, iam=None)
    assert sns.published == []


def change(kind, written):
    return {CHANGE: kind, EVENT: written}


def test_every_act_has_words():
    """Every kind of act is sent in words."""
    assert set(CHANGES) == set(AccountChange)


def test_act_names_actor_and_target(happen, sns):
    """An act says who did what to what and from where."""
    written = record("kms", "ScheduleKeyDeletion", {"keyId": "alias/backups", "pendingWindowInDays": 7})
    happen(change(AccountChange.KEY_DELETED, written))
    ((topic, published),) = sns.published
    assert (topic, published.level) == ("high", Level.HIGH)
    assert published.measured == "ScheduleKeyDeletion of alias/backups by user anna, from 198.51.100.7"
    assert published.runbook == "https://runbooks.example/account-change.md"
    assert published.console == (
        "https://eu-central-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-central-1"
        "#/events/a1b2c3d4-5678-90ab-cdef-1234567890ab"
    )


@pytest.mark.parametrize(
    ("by", "who"),
    [
        (ROOT, "root"),
        (ANNA, "user anna"),
        (role("deploy"), "role deploy (session anna)"),
        ({"type": "AWSService", "invokedBy": "backup.amazonaws.com"}, "backup.amazonaws.com"),
        ({**ANNA, "accountId": "444455556666"}, "user anna of account 444455556666"),
        (
            {
                "type": "WebIdentityUser",
                "principalId": "arn:aws:iam::111122223333:oidc-provider/ci.example:sts.amazonaws.com:repo:good/ci",
                "userName": "repo:good/ci",
                "identityProvider": "arn:aws:iam::111122223333:oidc-provider/ci.example",
            },
            "repo:good/ci (by arn:aws:iam::111122223333:oidc-provider/ci.example)",
        ),
        (
            {"type": "SAMLUser", "principalId": "kTNn=:anna", "identityProvider": "kTNn="},
            "kTNn=:anna (by kTNn=)",
        ),
        (
            {
                "type": "FederatedUser",
                "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bert",
                "sessionContext": {"sessionIssuer": {"type": "IAMUser", "userName": "broker"}},
            },
            "federated user bert (of broker)",
        ),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "94482488"}}, "user 94482488 of IAM Identity Center"),
        ({"type": "AWSAccount", "principalId": "AROAEXAMPLE", "accountId": ACCOUNT}, "AROAEXAMPLE"),
        (
            {
                **role("deploy", "GitHubActions"),
                "sessionContext": {
                    "sessionIssuer": {"userName": "deploy"},
                    "webIdFederationData": {"federatedProvider": "arn:aws:iam::111122223333:oidc-provider/ci.example"},
                },
            },
            "role deploy from arn:aws:iam::111122223333:oidc-provider/ci.example (session GitHubActions)",
        ),
    ],
)
def test_whoever_acts_is_named(happen, sns, by, who):
    happen(change(AccountChange.ROOT_USED, record("s3", "ListBuckets", by=by)))
    assert f" by {who}, from" in sns.published[0][1].measured


def test_federated_actors_do_not_hide_each_other(happen):
    def by(repository):
        identity = {"type": "WebIdentityUser", "userName": f"repo:{repository}", "identityProvider": "ci.example"}
        return happen(change(AccountChange.PERMISSIONS_CHANGED, record("iam", "CreatePolicy", by=identity)))

    assert [by("good/ci"), by("evil/x"), by("good/ci")] == [True, True, False]


EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
READING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}]}


def statement(**words):
    return {"Statement": [{"Effect": "Allow", "Resource": "*", **words}]}


@pytest.mark.parametrize(
    ("document", "administrator"),
    [
        (EVERYTHING, True),
        (statement(Action=["s3:*", "IAM:*"]), True),
        (statement(Action="iam:Put*Policy"), True),
        (statement(Action="iam:CreateAccessKey", Resource="arn:aws:iam::1:user/*"), True),
        (statement(NotAction="s3:*"), True),
        (statement(NotAction=["iam:*", "organizations:*"]), False),
        (statement(Action="iam:CreateAccessKey", Resource="arn:aws:iam::1:user/${aws:username}"), False),
        (statement(Action="*", Effect="Deny"), False),
        (statement(Action="*", Resource="arn:aws:s3:::uploads/a*"), False),
        (statement(Action="iam:Get*"), False),
        (READING, False),
        ({}, False),
    ],
)
def test_permissive_policy_is_recognised(document, administrator):
    """A policy that permits everything is known by what it says."""
    assert permits_everything(document) is administrator


@pytest.fixture
def identities(iam):
    """A managed policy that permits everything, as its second version, and a group that has it."""
    policy = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(READING))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=json.dumps(EVERYTHING), SetAsDefault=True)
    for name in ("attached", "inline", "harmless"):
        iam.create_group(GroupName=name)
    iam.attach_group_policy(GroupName="attached", PolicyArn=policy)
    iam.put_group_policy(GroupName="inline", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    iam.put_group_policy(GroupName="harmless", PolicyName="some", PolicyDocument=json.dumps(READING))
    return policy


@pytest.mark.parametrize(
    ("call", "parameters", "level"),
    [
        ("PutUserPolicy", {"userName": "bert", "policyDocument": json.dumps(EVERYTHING)}, Level.HIGH),
        ("PutUserPolicy", {"userName": "bert", "policyDocument": quote(json.dumps(EVERYTHING))}, Level.HIGH),
        ("PutRolePolicy", {"roleName": "app", "policyDocument": json.dumps(READING)}, Level.LOW),
        ("CreatePolicyVersion", {"policyArn": "own", "policyDocument": json.dumps(EVERYTHING)}, Level.HIGH),
        ("AttachUserPolicy", {"userName": "bert", "policyArn": "own"}, Level.HIGH),
        ("AttachUserPolicy", {"userName": "bert", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, Level.LOW),
        ("SetDefaultPolicyVersion", {"policyArn": "own", "versionId": "v2"}, Level.HIGH),
        ("SetDefaultPolicyVersion", {"policyArn": "own", "versionId": "v1"}, Level.LOW),
        ("AddUserToGroup", {"userName": "bert", "groupName": "attached"}, Level.HIGH),
        ("AddUserToGroup", {"userName": "bert", "groupName": "inline"}, Level.HIGH),
        ("AddUserToGroup", {"userName": "bert", "groupName": "harmless"}, Level.LOW),
        ("AddUserToGroup", {"userName": "bert", "groupName": "deleted since"}, Level.LOW),
        ("PutUserPolicy", {"userName": "bert", "policyDocument": "{"}, Level.HIGH),
        ("UpdateAssumeRolePolicy", {"roleName": "app", "policyDocument": json.dumps(EVERYTHING)}, Level.LOW),
    ],
)
def test_administrator_is_recognised_by_permission(happen, identities, call, parameters, level):
    """An administrator is known by what is permitted."""
    named = {name: identities if value == "own" else value for name, value in parameters.items()}
    happen(change(AccountChange.PERMISSIONS_CHANGED, record("iam", "PutRolePolicy")))  # harmless, and hides nothing
    assert happen(change(AccountChange.PERMISSIONS_CHANGED, record("iam", call, named))) is (level is Level.HIGH)


def test_unreadable_means_worst(table, sns):
    """What cannot be read is taken for the worst."""
    iam = boto3.client("iam")
    added = record("iam", "AddUserToGroup", {"userName": "bert", "groupName": "g"})
    with Stubber(iam) as stub:
        stub.add_client_error("list_attached_group_policies", "AccessDenied")
        publish_event(SETTINGS, change(AccountChange.PERMISSIONS_CHANGED, added), table, sns=sns, iam=iam)
    ((topic, published),) = sns.published
    assert topic == "high"
    assert published.title == "Somebody was made an administrator (perhaps: what it permits could not be read)"


def test_an_act_that_was_refused_says_so(happen, sns):
    written = record("cloudtrail", "StopLogging", {"name": "trail"}, errorCode="AccessDenied")
    happen(change(AccountChange.TRAIL_STOPPED, written))
    assert sns.published[0][1].title == "CloudTrail was stopped (refused: AccessDenied)"


def test_console_session_is_sent_hourly(happen):
    """A session of clicks is sent once an hour."""

    def use(name, user, after):
        return happen(change(AccountChange.ROOT_USED, record("iam", name, {"userName": user}, by=ROOT)), after)

    assert use("GetUser", "bert", timedelta(0))
    assert not use("ListAccessKeys", "carla", timedelta(minutes=5))
    assert use("UpdateUser", "bert", timedelta(hours=1))


def test_other_resource_is_sent_immediately(happen):
    """Another thing is sent at once."""

    def disable(key):
        return happen(change(AccountChange.KEY_DELETED, record("kms", "DisableKey", {"keyId": key})))

    assert [disable("one"), disable("one"), disable("two")] == [True, False, True]


def test_refusal_does_not_hide_success(happen, sns):
    """What was refused does not hide what is done then."""

    def stop(**refused):
        written = record("cloudtrail", "StopLogging", {"name": "trail"}, **refused)
        return happen(change(AccountChange.TRAIL_STOPPED, written))

    refused = {"errorCode": "AccessDenied"}
    assert [stop(**refused), stop(**refused), stop(), stop()] == [True, False, True, False]
    assert [published.title for _, published in sns.published] == [
        "CloudTrail was stopped (refused: AccessDenied)",
        "CloudTrail was stopped",
    ]


def test_refused_root_use_hides_nothing(happen):
    """A use of root that was refused does not hide one that was not."""

    def use(**refused):
        return happen(change(AccountChange.ROOT_USED, record("iam", "GetUser", by=ROOT, **refused)))

    assert [use(errorCode="AccessDenied"), use()] == [True, True]


def test_unprotected_then_deleted_sends_both(happen, sns):
    """A database that is unprotected and then deleted is sent twice."""
    for name in ("ModifyDBInstance", "DeleteDBInstance"):
        written = record("rds", name, {"dBInstanceIdentifier": "d", "deletionProtection": False})
        assert happen(change(AccountChange.DATABASE_UNPROTECTED, written))
    assert [published.measured.split(" by ")[0] for _, published in sns.published] == [
        "ModifyDBInstance of d",
        "DeleteDBInstance of d",
    ]


def test_of_many_things_a_few_are_named(happen, sns):
    names = [f"junkos-prod-{number:0>200}" for number in range(100)]
    assert happen(change(AccountChange.ALARMS_SILENCED, record("monitoring", "DeleteAlarms", {"alarmNames": names})))
    ((_, published),) = sns.published
    assert f"{names[4]} and 95 more by user anna" in published.measured
    assert names[5] not in published.measured


def test_long_names_hide_no_act(happen, sns):
    """Names that are longer than a key of the table hide no act."""
    names = ["junkos-prod-endpoint-api-down", *["é" * 255] * 4]
    silenced = change(AccountChange.ALARMS_SILENCED, record("monitoring", "DeleteAlarms", {"alarmNames": names}))
    sns.failures = 1
    with pytest.raises(ClientError):
        happen(silenced)
    assert happen(silenced)
    assert not happen(silenced)
    assert len(sns.published) == 1


def test_the_quiet_times_are_settings(table, sns):
    settings = replace(SETTINGS, finding_quiet=QUARTER)
    published = [
        publish_event(settings, finding(BRUTE_FORCE), table, sns=sns, iam=None, clock=lambda n=n: START + n * QUARTER)[
            "published"
        ]
        for n in range(3)
    ]
    assert published == [True, True, True]
