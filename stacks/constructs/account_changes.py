"""By what the acts that weaken an account are recognised among those that CloudTrail records.

The choice follows section 4 of the CIS AWS Foundations Benchmark, without what a small team would learn to ignore.
Deployments do some of these acts themselves: CloudFormation then stands where the caller's address would.
"""

from collections.abc import Sequence
from typing import Any

from lambdas.vocabulary.account_changes import AccountChange
from lambdas.vocabulary.names import physical_name

Pattern = dict[str, Any]

API_CALL, SIGN_IN = "AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"
BY_A_DEPLOYMENT = "cloudformation.amazonaws.com"
NOT_BY_A_DEPLOYMENT: Pattern = {"sourceIPAddress": [{"anything-but": [BY_A_DEPLOYMENT]}]}
NOT_BY_A_SERVICE: Pattern = {"sourceIPAddress": [{"anything-but": {"suffix": ".amazonaws.com"}}]}
ADMINISTRATOR = [f"arn:aws:iam::aws:policy/{name}" for name in ("AdministratorAccess", "IAMFullAccess")]
WORLD = {"ipRanges": ("cidrIp", "0.0.0.0/0"), "ipv6Ranges": ("cidrIpv6", "::/0")}
POSTGRESQL = 5432


def patterns(environment: str, backups_bucket: str) -> dict[AccountChange, list[Pattern]]:
    """Patterns for EventBridge's rules; an act is of a kind when one of its patterns fits."""
    return {
        **_of_root(),
        **_of_identities(),
        **_of_the_records(),
        **_of_detection(environment),
        **_of_the_data(backups_bucket),
        AccountChange.ALARMS_SILENCED: _alarms_silenced(environment),
        AccountChange.ALARMS_MUTED: _alarms_muted(environment),
        AccountChange.DATABASE_OPENED: _database_opened(),
    }


def _call(service: str, names: Sequence[str], **detail: Any) -> Pattern:
    return {
        "detail-type": [API_CALL],
        "detail": {"eventSource": [f"{service}.amazonaws.com"], "eventName": list(names), **detail},
    }


def _of_root() -> dict[AccountChange, list[Pattern]]:
    root = {"userIdentity": {"type": ["Root"], "invokedBy": [{"exists": False}]}}
    by_hand = {"eventType": [{"anything-but": ["AwsServiceEvent"]}]}
    return {
        AccountChange.ROOT_ACCESS_KEY: [_call("iam", ["CreateAccessKey"], userIdentity={"type": ["Root"]})],
        AccountChange.ROOT_USED: [
            {
                "detail-type": [API_CALL],
                "detail": {**root, **by_hand, "eventName": [{"anything-but": ["CreateAccessKey"]}]},
            },
            {
                "detail-type": [SIGN_IN],
                "detail": {
                    **root,
                    "$or": [
                        {"eventName": ["ConsoleLogin"], "responseElements": {"ConsoleLogin": ["Success"]}},
                        {"eventName": ["PasswordRecoveryRequested", "PasswordRecoveryCompleted"]},
                    ],
                },
            },
        ],
    }


def _of_identities() -> dict[AccountChange, list[Pattern]]:
    attached = ["AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy"]
    written = [
        *["PutUserPolicy", "PutRolePolicy", "PutGroupPolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"],
        *["UpdateAssumeRolePolicy", "AddUserToGroup", "DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary"],
    ]
    succeeded = {"errorCode": [{"exists": False}]}
    return {
        AccountChange.SIGN_IN_WITHOUT_MFA: [
            {
                "detail-type": [SIGN_IN],
                "detail": {
                    "eventName": ["ConsoleLogin"],
                    "userIdentity": {"type": ["IAMUser"]},  # a single sign-on has its second factor elsewhere
                    "responseElements": {"ConsoleLogin": ["Success"]},
                    "additionalEventData": {"MFAUsed": [{"anything-but": ["Yes"]}]},
                },
            }
        ],
        AccountChange.MFA_REMOVED: [_call("iam", ["DeactivateMFADevice"])],
        AccountChange.ADMINISTRATOR_MADE: [
            _call("iam", attached, requestParameters={"policyArn": ADMINISTRATOR}, **NOT_BY_A_DEPLOYMENT)
        ],
        AccountChange.CREDENTIALS_MADE: [
            _call(
                "iam",
                ["CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"],
                userIdentity={"type": [{"anything-but": ["Root"]}]},
                **NOT_BY_A_DEPLOYMENT,
            )
        ],
        AccountChange.PERMISSIONS_CHANGED: [
            _call("iam", written, **succeeded, **NOT_BY_A_SERVICE),
            _call(
                "iam",
                attached,
                requestParameters={"policyArn": [{"anything-but": ADMINISTRATOR}]},
                **succeeded,
                **NOT_BY_A_SERVICE,
            ),
        ],
    }


def _of_the_records() -> dict[AccountChange, list[Pattern]]:
    return {
        AccountChange.TRAIL_STOPPED: [
            _call("cloudtrail", ["StopLogging", "DeleteTrail", "StopEventDataStoreIngestion", "DeleteEventDataStore"])
        ],
        AccountChange.TRAIL_CHANGED: [
            _call("cloudtrail", ["UpdateTrail", "PutEventSelectors"], **NOT_BY_A_DEPLOYMENT),
            _call(
                "config",
                ["StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel"],
                **NOT_BY_A_DEPLOYMENT,
            ),
        ],
    }


def _of_detection(environment: str) -> dict[AccountChange, list[Pattern]]:
    ours = physical_name(environment, "guardduty_detector")  # a new detector has on what the settings do not name
    not_ours = [
        {"userIdentity": {"type": [{"anything-but": ["AssumedRole"]}]}},
        {"userIdentity": {"sessionContext": {"sessionIssuer": {"userName": [{"anything-but": [ours]}]}}}},
    ]
    ended = [
        *["DeleteDetector", "DisassociateFromAdministratorAccount", "DisassociateFromMasterAccount"],
        *["StopMonitoringMembers", "DisassociateMembers", "DeleteMembers"],
    ]
    return {
        AccountChange.DETECTION_STOPPED: [
            _call("guardduty", ended),
            _call("guardduty", ["UpdateDetector"], requestParameters={"enable": [False]}),
        ],
        AccountChange.DETECTION_NARROWED: [
            _call(
                "guardduty",
                ["UpdateDetector"],
                requestParameters={"features": {"status": ["DISABLED"]}},
                **{"$or": not_ours},
            ),
            _call("guardduty", ["CreateFilter", "UpdateFilter"], requestParameters={"action": ["ARCHIVE"]}),
            _call("guardduty", ["CreateIPSet", "UpdateIPSet"]),
        ],
    }


def _of_the_data(backups_bucket: str) -> dict[AccountChange, list[Pattern]]:
    shared = ["ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"]
    unprotected = [{"deletionProtection": [False]}, {"backupRetentionPeriod": [0]}, {"publiclyAccessible": [True]}]
    bucket = [
        *["PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "DeleteBucket", "PutBucketReplication"],
        *["PutBucketLifecycle", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle", "PutBucketNotification"],
        *["PutBucketVersioning", "PutBucketObjectLockConfiguration", "PutBucketEncryption", "DeleteBucketEncryption"],
        *["PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock"],
    ]
    return {
        AccountChange.KEY_DELETED: [_call("kms", ["ScheduleKeyDeletion", "DisableKey", "DeleteImportedKeyMaterial"])],
        AccountChange.BACKUPS_WEAKENED: [
            _call("s3", bucket, requestParameters={"bucketName": [backups_bucket]}, **NOT_BY_A_DEPLOYMENT)
        ],
        AccountChange.SNAPSHOT_PUBLIC: [_call("rds", shared, requestParameters={"valuesToAdd": ["all"]})],
        AccountChange.SNAPSHOT_SHARED: [
            _call("rds", shared, requestParameters={"valuesToAdd": [{"anything-but": ["all"]}]}, **NOT_BY_A_SERVICE)
        ],
        AccountChange.DATABASE_UNPROTECTED: [
            _call(
                "rds",
                ["ModifyDBInstance", "ModifyDBCluster"],
                requestParameters={"$or": unprotected},
                **NOT_BY_A_DEPLOYMENT,
            ),
            _call(
                "rds",
                ["DeleteDBInstance", "DeleteDBCluster", "DeleteDBInstanceAutomatedBackup"],
                **NOT_BY_A_DEPLOYMENT,
            ),
        ],
    }


def _alarms_silenced(environment: str) -> list[Pattern]:
    """By any link of the chain: the alarm, its topic, the function that tells, and what wakes that."""
    ours = [{"prefix": physical_name(environment, "")}]
    topics = [{"wildcard": f"*:{physical_name(environment, 'alerts-')}*"}]
    return [
        _call(
            "monitoring",
            ["DisableAlarmActions", "DeleteAlarms", "PutMetricAlarm", "PutCompositeAlarm"],
            requestParameters={"$or": [{"alarmNames": ours}, {"alarmName": ours}]},
            **NOT_BY_A_DEPLOYMENT,
        ),
        _call(
            "events",
            ["DisableRule", "DeleteRule", "PutRule", "PutTargets", "RemoveTargets"],
            requestParameters={"$or": [{"name": ours}, {"rule": ours}]},
            **NOT_BY_A_DEPLOYMENT,
        ),
        _call(
            "sns",
            ["Unsubscribe", "DeleteTopic", "SetSubscriptionAttributes", "SetTopicAttributes", "RemovePermission"],
            requestParameters={"$or": [{"subscriptionArn": topics}, {"topicArn": topics}]},
            **NOT_BY_A_DEPLOYMENT,
        ),
        _functions_stopped(environment),
        _call(
            "scheduler", ["UpdateSchedule", "DeleteSchedule"], requestParameters={"name": ours}, **NOT_BY_A_DEPLOYMENT
        ),
    ]


def _functions_stopped(environment: str) -> Pattern:
    """CloudTrail writes the version of Lambda's interface behind the name of a call, as `DeleteFunction20150331`.

    The call on an event source mapping names it by its id; whose it is stands in the answer.
    """
    name = physical_name(environment, "")
    ours = [{"prefix": name}, {"wildcard": f"*:function:{name}*"}]
    calls = ["PutFunctionConcurrency", "UpdateEventSourceMapping", "DeleteEventSourceMapping", "DeleteFunction20"]
    return {
        "detail-type": [API_CALL],
        "detail": {
            "eventSource": ["lambda.amazonaws.com"],
            "eventName": [{"prefix": call} for call in calls],
            "$or": [{"requestParameters": {"functionName": ours}}, {"responseElements": {"functionArn": ours}}],
            **NOT_BY_A_DEPLOYMENT,
        },
    }


def _alarms_muted(environment: str) -> list[Pattern]:
    ours = [{"prefix": physical_name(environment, "")}]
    targets = [{"name": ours}, {"muteTargets": {"alarmNames": ours}}]
    return [_call("monitoring", ["PutAlarmMuteRule"], requestParameters={"$or": targets}, **NOT_BY_A_DEPLOYMENT)]


def _database_opened() -> list[Pattern]:
    ports = [
        {"fromPort": [{"numeric": ["<=", POSTGRESQL]}], "toPort": [{"numeric": [">=", POSTGRESQL]}]},
        {"ipProtocol": ["-1"]},
    ]
    return [
        _call(
            "ec2",
            ["AuthorizeSecurityGroupIngress"],
            requestParameters={"ipPermissions": {"items": {"$or": ports, ranges: {"items": {field: [world]}}}}},
        )
        for ranges, (field, world) in WORLD.items()
    ]
