"""By what the acts that weaken an account are recognised among those that CloudTrail records.

The choice follows section 4 of the CIS AWS Foundations Benchmark, without what a small team would learn to ignore.
Deployments do some of these acts themselves: CloudFormation then stands where the caller's address would.
"""

from collections.abc import Sequence
from typing import Any

from lambdas.vocabulary.account_changes import ADMINISTRATOR, AccountChange
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.point_in_time import drill_instance
from stacks.resources.login_counts import database_log_group
from stacks.settings import Environment

Pattern = dict[str, Any]
Strings = Sequence[str | Pattern]
"""What a string may be, in a pattern."""

API_CALL, SIGN_IN = "AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"
SERVICE_EVENT = "AWS Service Event via CloudTrail"
ROOT_SECRETS = ["PasswordUpdated", "EmailUpdated"]
BY_A_DEPLOYMENT = "cloudformation.amazonaws.com"
NOT_BY_A_DEPLOYMENT: Pattern = {"sourceIPAddress": [{"anything-but": [BY_A_DEPLOYMENT]}]}
NOT_BY_A_SERVICE: Pattern = {"sourceIPAddress": [{"anything-but": {"suffix": ".amazonaws.com"}}]}
# So short a prefix holds addresses of the whole internet, whichever it is: private ranges begin at /8 and at fc00::/7.
WORLD = {
    4: [{"suffix": f"/{length}"} for length in range(8)],
    6: [{"suffix": f"/{length}"} for length in range(7)],
}
POSTGRESQL = 5432


def patterns(environment: Environment, backups_bucket: str) -> dict[AccountChange, list[Pattern]]:
    """Patterns for EventBridge's rules; an act is of a kind when one of its patterns fits."""
    return {
        **_of_root(),
        **_of_identities(),
        **_of_the_records(),
        **_of_detection(environment),
        **_of_the_data(environment, backups_bucket),
        AccountChange.ALARMS_SILENCED: [
            *_alarms_silenced(environment),
            *_sources_cut_off(environment),
            *_on_secrets(environment, ["DeleteSecret"], ["DeleteParameter", "DeleteParameters"]),
        ],
        AccountChange.ALARMS_MUTED: _alarms_muted(environment),
        AccountChange.CHANNEL_SECRET_CHANGED: _on_secrets(
            environment, ["PutSecretValue", "UpdateSecret"], ["PutParameter"]
        ),
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
    # The address is changed by root itself, or by an organisation for it.
    address = ["StartPrimaryEmailUpdate", "AcceptPrimaryEmailUpdate"]
    graver = ["CreateAccessKey", *address, *ROOT_SECRETS]
    return {
        AccountChange.ROOT_ACCESS_KEY: [_call("iam", ["CreateAccessKey"], userIdentity={"type": ["Root"]})],
        AccountChange.ROOT_TAKEN_OVER: [
            _call("account", address),
            {"detail-type": [API_CALL, SIGN_IN, SERVICE_EVENT], "detail": {**root, "eventName": ROOT_SECRETS}},
        ],
        AccountChange.ROOT_USED: [
            {"detail-type": [API_CALL], "detail": {**root, **by_hand, "eventName": [{"anything-but": graver}]}},
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
        *["PutUserPolicy", "PutRolePolicy", "PutGroupPolicy"],
        *["CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"],
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
            _call("iam", attached, requestParameters={"policyArn": list(ADMINISTRATOR)}, **NOT_BY_A_DEPLOYMENT)
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
                requestParameters={"policyArn": [{"anything-but": list(ADMINISTRATOR)}]},
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


def _of_detection(environment: Environment) -> dict[AccountChange, list[Pattern]]:
    ours = physical_name(environment, "guardduty_detector")  # a new detector has on what the settings do not name
    not_ours = _not_by(ours)
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


def _of_the_data(environment: Environment, backups_bucket: str) -> dict[AccountChange, list[Pattern]]:
    shared = ["ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"]
    public = {"publiclyAccessible": [True]}
    unprotected = [{"deletionProtection": [False]}, {"backupRetentionPeriod": [0]}, public]
    made = [
        *[
            "CreateDBInstance",
            "CreateDBInstanceReadReplica",
            "RestoreDBInstanceFromDBSnapshot",
            "RestoreDBInstanceFromS3",
        ],
        *["RestoreDBInstanceToPointInTime", "CreateDBCluster", "RestoreDBClusterFromSnapshot"],
        *["RestoreDBClusterFromS3", "RestoreDBClusterToPointInTime"],
    ]
    deleted = ["DeleteDBInstance", "DeleteDBCluster"]
    backups_deleted = [
        *["DeleteDBInstanceAutomatedBackup", "DeleteDBClusterAutomatedBackup"],
        *["DeleteDBSnapshot", "DeleteDBClusterSnapshot"],
    ]
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
            _call(  # without a word about it in the call, RDS decides by the network, and answers what it decided
                "rds",
                made,
                **{"$or": [{"requestParameters": public}, {"responseElements": public}]},
                **NOT_BY_A_DEPLOYMENT,
            ),
            _call("rds", deleted, **NOT_BY_A_DEPLOYMENT, **_but_for_drills(environment)),
            _call("rds", backups_deleted, **NOT_BY_A_SERVICE),
        ],
    }


def _but_for_drills(environment: Environment) -> Pattern:
    """A point-in-time drill deletes its own instance; anybody else who does, and it another one, is told of."""
    if environment.backups.point_in_time_drill is None:
        return {}
    return {
        "$or": [
            *_not_by(physical_name(environment, "point_in_time_drill")),
            {"requestParameters": {"dBInstanceIdentifier": [{"anything-but": [drill_instance(environment)]}]}},
        ]
    }


def _not_by(role: str) -> list[Pattern]:
    """One of these fits whoever is not a session of the role of that name."""
    return [
        {"userIdentity": {"type": [{"anything-but": ["AssumedRole"]}]}},
        {"userIdentity": {"sessionContext": {"sessionIssuer": {"userName": [{"anything-but": [role]}]}}}},
    ]


def _alarms_silenced(environment: Environment) -> list[Pattern]:
    """By any link of the chain: the alarm, its topic, the function that sends, and what that stands on."""
    ours: Strings = [{"prefix": physical_name(environment, "")}]
    topics: Strings = [{"wildcard": f"*:{physical_name(environment, 'alerts-')}*"}]
    queues: Strings = [{"wildcard": f"*/{physical_name(environment, '')}*"}]
    machines: Strings = [{"wildcard": f"*:stateMachine:{physical_name(environment, '')}*"}]
    stacks: Strings = [*ours, {"wildcard": f"*:stack/{physical_name(environment, '')}*"}]
    tables: Strings = [*ours, {"wildcard": f"*:table/{physical_name(environment, '')}*"}]
    return [
        _of_ours(
            "monitoring",
            [
                *["DisableAlarmActions", "DeleteAlarms", "PutMetricAlarm", "PutCompositeAlarm"],
                *["DisableInsightRules", "DeleteInsightRules"],
            ],
            alarmNames=ours,
            alarmName=ours,
            ruleNames=ours,
        ),
        _of_ours(
            "events", ["DisableRule", "DeleteRule", "PutRule", "PutTargets", "RemoveTargets"], name=ours, rule=ours
        ),
        _of_ours(
            "sns",
            ["Unsubscribe", "DeleteTopic", "SetSubscriptionAttributes", "SetTopicAttributes", "RemovePermission"],
            subscriptionArn=topics,
            topicArn=topics,
        ),
        _functions_stopped(environment),
        _of_ours("scheduler", ["UpdateSchedule", "DeleteSchedule"], name=ours),
        _of_ours("states", ["UpdateStateMachine", "DeleteStateMachine"], stateMachineArn=machines),
        _of_ours("sqs", ["DeleteQueue", "PurgeQueue", "SetQueueAttributes"], queueUrl=queues),
        _of_ours("dynamodb", ["DeleteTable"], tableName=tables),
        _of_ours("iam", ["DeleteRole", "DeleteRolePolicy", "DetachRolePolicy"], roleName=ours),
        # What a deployment does to the stack's resources is nobody's act, so the deployment itself must be one.
        _of_ours("cloudformation", ["DeleteStack"], stackName=stacks),
    ]


def _sources_cut_off(environment: Environment) -> list[Pattern]:
    """What alarms count in: the log groups and their filters."""
    names = [environment.backend_log_group, *filter(None, [database_log_group(environment)])]
    groups: Strings = [{"prefix": f"/aws/lambda/{physical_name(environment, '')}"}, *names]
    named = [{"wildcard": f"*:log-group:{name}*"} for name in names]
    calls = [
        *["DeleteLogGroup", "DeleteMetricFilter", "PutMetricFilter"],
        *["DeleteSubscriptionFilter", "DeleteDataProtectionPolicy", "PutDataProtectionPolicy"],
    ]
    return [_of_ours("logs", calls, logGroupName=groups, logGroupIdentifier=[*groups, *named])]


def _of_ours(service: str, calls: Sequence[str], **parameters: Strings) -> Pattern:
    """Calls that name something of this system, in whichever of the parameters."""
    named = [{name: list(values)} for name, values in parameters.items()]
    return _call(
        service, calls, requestParameters={"$or": named} if len(named) > 1 else named[0], **NOT_BY_A_DEPLOYMENT
    )


def _on_secrets(environment: Environment, calls: Sequence[str], calls_on_parameters: Sequence[str]) -> list[Pattern]:
    """Calls on the secrets by which channels are reached, in Secrets Manager and in the Parameter Store."""
    channels = environment.alerts.rendered
    names = [_name_of(channel.secret) for channel in channels if channel.secret]
    secrets: Strings = [*names, *({"wildcard": f"*:secret:{name}-*"} for name in names)]
    parameters: Strings = [channel.parameter for channel in channels if channel.parameter]
    return [
        *([_of_ours("secretsmanager", calls, secretId=secrets)] if secrets else []),
        *([_of_ours("ssm", calls_on_parameters, name=parameters, names=parameters)] if parameters else []),
    ]


def _name_of(secret: str) -> str:
    """A secret's name, also of its ARN, at whose end Secrets Manager puts six letters."""
    name = secret.partition(":secret:")[2]
    return name.rpartition("-")[0] if name else secret


def _functions_stopped(environment: Environment) -> Pattern:
    """CloudTrail writes the version of Lambda's interface behind the name of a call, as `DeleteFunction20150331`.

    The call on an event source mapping names it by its id; whose it is stands in the answer.
    """
    name = physical_name(environment, "")
    ours = [{"prefix": name}, {"wildcard": f"*:function:{name}*"}]
    calls = [
        *["PutFunctionConcurrency", "UpdateEventSourceMapping", "DeleteEventSourceMapping", "DeleteFunction20"],
        *["UpdateFunctionCode", "UpdateFunctionConfiguration", "RemovePermission"],
    ]
    return {
        "detail-type": [API_CALL],
        "detail": {
            "eventSource": ["lambda.amazonaws.com"],
            "eventName": [{"prefix": call} for call in calls],
            "$or": [{"requestParameters": {"functionName": ours}}, {"responseElements": {"functionArn": ours}}],
            **NOT_BY_A_DEPLOYMENT,
        },
    }


def _alarms_muted(environment: Environment) -> list[Pattern]:
    ours = [{"prefix": physical_name(environment, "")}]
    targets = [{"name": ours}, {"muteTargets": {"alarmNames": ours}}]
    return [_call("monitoring", ["PutAlarmMuteRule"], requestParameters={"$or": targets}, **NOT_BY_A_DEPLOYMENT)]


def _database_opened() -> list[Pattern]:
    """By a new rule of a security group, or by a change of one.

    Of a changed rule CloudTrail does not say whether it is for what comes in; one for what goes out, opened as wide,
    is reported as well.
    """
    ports = [
        {"fromPort": [{"numeric": ["<=", POSTGRESQL]}], "toPort": [{"numeric": [">=", POSTGRESQL]}]},
        {"ipProtocol": ["-1"]},
    ]
    changed = [
        {"FromPort": [{"numeric": ["<=", POSTGRESQL]}], "ToPort": [{"numeric": [">=", POSTGRESQL]}]},
        {"IpProtocol": ["-1", -1]},
    ]
    ranges = {"ipRanges": ("cidrIp", WORLD[4]), "ipv6Ranges": ("cidrIpv6", WORLD[6])}
    addresses = {"CidrIpv4": WORLD[4], "CidrIpv6": WORLD[6]}
    return [
        *(
            _call(
                "ec2",
                ["AuthorizeSecurityGroupIngress"],
                requestParameters={"ipPermissions": {"items": {"$or": ports, kind: {"items": {field: world}}}}},
            )
            for kind, (field, world) in ranges.items()
        ),
        *(
            _call("ec2", ["ModifySecurityGroupRules"], requestParameters=_changed_rule({"$or": changed, field: world}))
            for field, world in addresses.items()
        ),
    ]


def _changed_rule(rule: Pattern) -> Pattern:
    return {"ModifySecurityGroupRulesRequest": {"SecurityGroupRule": {"SecurityGroupRule": rule}}}
