"""The bucket that holds the backups, and how long each class of them is kept."""

from aws_cdk import Aws, Duration, aws_kms, aws_s3
from constructs import Construct

from lambdas.vocabulary import drills, large_runs
from lambdas.vocabulary.backups import MANIFEST, RETENTION_TAG, VERIFICATION, Retention
from lambdas.vocabulary.names import bucket_name, physical_name
from stacks.platform.arns import arn_of_bucket
from stacks.platform.function import MonitoringFunction
from stacks.platform.kept import KEPT
from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import Backups, Environment

RECOVERABLE = Duration.days(7)  # an overwritten or deleted object can be brought back for so long
COLD_AFTER = Duration.days(30)
WORTH_COOLING = Duration.days(60)  # what is kept for less costs more there: at least ninety days are paid


class ProtectedBucket(aws_s3.Bucket):
    """Encrypted with a key of its own, versioned, TLS only; it outlives its stack.

    `thing` names the key, and `name` is the bucket's own name.
    """

    def __init__(
        self, scope: Construct, *, environment: Environment, thing: str, name: str, description: str, no_access_log: str
    ) -> None:
        key = aws_kms.Key(
            scope,
            "Key",
            alias=f"alias/{physical_name(environment, thing)}",
            description=description,
            enable_key_rotation=True,
            removal_policy=KEPT,
        )
        self.key_arn = key.key_arn
        lock = environment.backups.object_lock_days
        super().__init__(
            scope,
            "Bucket",
            bucket_name=name,
            encryption=aws_s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            object_lock_default_retention=(
                aws_s3.ObjectLockRetention.governance(Duration.days(lock)) if lock else None
            ),
            lifecycle_rules=_lifecycle(environment.backups),
            removal_policy=KEPT,
        )
        acknowledge(self, {"S1": no_access_log})

    @property
    def resource(self) -> aws_s3.CfnBucket:
        """As CloudFormation has it."""
        bucket = self.node.default_child
        assert isinstance(bucket, aws_s3.CfnBucket)  # noqa: S101  (narrows the type)
        return bucket


class BackupBucket(ProtectedBucket):
    """Where backups are written."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(
            scope,
            environment=environment,
            thing="backups",
            name=bucket_name(environment, Aws.ACCOUNT_ID, Aws.REGION),
            description=f"Backups of {environment.database.name} ({environment.name})",
            no_access_log="Three named roles reach this bucket; CloudTrail data events record them where wanted.",
        )
        # Not `event_bridge_enabled`: it would add a function of the CDK's own with rights on every bucket.
        self.resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
        )

    def let_read(self, function: MonitoringFunction, *keys: str) -> None:
        """Let the function list the bucket and read objects whose keys have these patterns."""
        function.allow(["s3:ListBucket"], [self.bucket_arn])
        function.allow(
            ["s3:GetObject"],
            [self.arn_for_objects(key) for key in keys],
            because="Which backups there are is found in the bucket.",
        )
        function.allow(["kms:Decrypt"], [self.key_arn])


def let_read_proofs(function: MonitoringFunction, key_arn: str) -> None:
    """Let a function of another stack read what was saved and what was proven: the bucket is known by its name."""
    bucket = arn_of_bucket(function, bucket_name(function.environment, Aws.ACCOUNT_ID, Aws.REGION))
    function.allow(["s3:ListBucket"], [bucket])
    function.allow(
        ["s3:GetObject"],
        [f"{bucket}/*/{name}" for name in (MANIFEST, VERIFICATION)],
        because="Which backups there are is found in the bucket.",
    )
    function.allow(["kms:Decrypt"], [key_arn])


def _lifecycle(backups: Backups) -> list[aws_s3.LifecycleRule]:
    """By tag, so that the newest proven backup, which carries another tag, is never taken."""
    ages = {
        Retention.UNCOMMITTED: Duration.days(1),
        Retention.DAILY: Duration.days(backups.daily_days),
        Retention.WEEKLY: Duration.days(backups.weekly_weeks * 7),
        Retention.MONTHLY: Duration.days(backups.monthly_months * 365 // 12),
    }
    by_tag = [
        aws_s3.LifecycleRule(
            id=retention, tag_filters={RETENTION_TAG: retention}, expiration=age, transitions=_cooling(age)
        )
        for retention, age in ages.items()
    ]
    leftovers = aws_s3.LifecycleRule(
        id="leftovers",
        abort_incomplete_multipart_upload_after=Duration.days(1),
        noncurrent_version_expiration=RECOVERABLE,
        expired_object_delete_marker=True,
    )
    runs = aws_s3.LifecycleRule(
        id="large-runs", prefix=f"{large_runs.RUNS}/", expiration=Duration.days(large_runs.KEPT.days)
    )
    return [*by_tag, _of_drills(), *([runs] if backups.large_runs.enabled else []), leftovers]


def _of_drills() -> aws_s3.LifecycleRule:
    """A record has a thousand bytes: storage classes that are cheaper count each as 128 kB."""
    tagged = {RETENTION_TAG: drills.RETENTION}
    return aws_s3.LifecycleRule(id=drills.RETENTION, tag_filters=tagged, expiration=Duration.days(drills.KEPT.days))


def _cooling(age: Duration) -> list[aws_s3.Transition] | None:
    """A sixth of the price for what is read once a year, at milliseconds as before: a recovery takes no longer."""
    if age.to_days() < WORTH_COOLING.to_days():
        return None
    cold = aws_s3.StorageClass.GLACIER_INSTANT_RETRIEVAL
    return [aws_s3.Transition(storage_class=cold, transition_after=COLD_AFTER)]
