"""The bucket of copies in a second region, and the replication that fills it."""

from aws_cdk import Aws, aws_iam, aws_s3
from constructs import Construct

from lambdas.vocabulary.names import copies_bucket_name, physical_name
from stacks.platform.arns import arn_of_bucket
from stacks.platform.nag_suppressions import acknowledge_wildcards
from stacks.resources.backup_bucket import BackupBucket, ProtectedBucket
from stacks.settings import Environment


class CopiesBucket(ProtectedBucket):
    """Nobody writes into it but S3's replication.

    Its lifecycle is the backups': S3 copies tags, and what they do is done in each bucket by itself.
    """

    def __init__(self, scope: Construct, *, environment: Environment, region: str) -> None:
        super().__init__(
            scope,
            environment=environment,
            thing="copies",
            name=copies_bucket_name(environment, Aws.ACCOUNT_ID, region),
            description=f"Copies of the backups of {environment.database.name} ({environment.name})",
            no_access_log="S3's replication and one function reach this bucket; CloudTrail data events record them"
            " where wanted.",
        )


def replicate(source: BackupBucket, *, environment: Environment, region: str, key_arn: str) -> None:
    """Have S3 copy everything that is written into `source` from now on into the bucket of copies in `region`.

    `key_arn` is of the key of that bucket.  All is copied, whatever its tag: an object is tagged `uncommitted` until
    its backup is whole, and a rule that chose by tags would pass it over for ever.
    """
    copies = arn_of_bucket(source, copies_bucket_name(environment, Aws.ACCOUNT_ID, region))
    role = _role(source, copies, environment, region, key_arn)
    source.resource.replication_configuration = aws_s3.CfnBucket.ReplicationConfigurationProperty(
        role=role.role_arn,
        rules=[
            aws_s3.CfnBucket.ReplicationRuleProperty(
                id="copies",
                status="Enabled",
                priority=1,
                filter=aws_s3.CfnBucket.ReplicationRuleFilterProperty(prefix=""),
                # A deletion, by whomever, must not reach the copy.
                delete_marker_replication=aws_s3.CfnBucket.DeleteMarkerReplicationProperty(status="Disabled"),
                source_selection_criteria=aws_s3.CfnBucket.SourceSelectionCriteriaProperty(
                    sse_kms_encrypted_objects=aws_s3.CfnBucket.SseKmsEncryptedObjectsProperty(status="Enabled"),
                    replica_modifications=aws_s3.CfnBucket.ReplicaModificationsProperty(status="Disabled"),
                ),
                destination=aws_s3.CfnBucket.ReplicationDestinationProperty(
                    bucket=copies,
                    encryption_configuration=aws_s3.CfnBucket.EncryptionConfigurationProperty(
                        replica_kms_key_id=key_arn
                    ),
                    metrics=aws_s3.CfnBucket.MetricsProperty(status="Enabled"),
                ),
            )
        ],
    )


def _role(source: BackupBucket, copies: str, environment: Environment, region: str, key_arn: str) -> aws_iam.Role:
    """As which S3 copies.

    It may not delete (`s3:ReplicateDelete`), and the keys are of use to it through S3 and for these buckets only: with
    bucket keys, the context of what is encrypted is the bucket.
    """
    role = aws_iam.Role(
        source,
        "Replication",
        role_name=physical_name(environment, "backups-replication"),
        # Without a condition: AWS documents none that S3 would meet when it assumes a role to replicate.
        assumed_by=aws_iam.ServicePrincipal("s3.amazonaws.com"),
    )
    locks = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] if environment.backups.object_lock_days else []
    read = [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        *locks,
    ]
    statements = [
        (["s3:GetReplicationConfiguration", "s3:ListBucket"], source.bucket_arn, {}),
        (read, source.arn_for_objects("*"), {}),
        (["s3:ReplicateObject", "s3:ReplicateTags"], f"{copies}/*", {}),
        (["kms:Decrypt"], source.key_arn, _through_s3(environment.region, source.bucket_arn)),
        # AWS documents Encrypt, and Decrypt for a bucket with bucket keys, which are made by GenerateDataKey.
        (["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"], key_arn, _through_s3(region, copies)),
    ]
    for actions, resource, conditions in statements:
        role.add_to_policy(aws_iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions))
    acknowledge_wildcards(
        role,
        [source.arn_for_objects("*"), f"{copies}/*"],
        "Everything in the bucket of backups is copied, under its own name.",
    )
    return role


def _through_s3(region: str, bucket_arn: str) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {
            "kms:ViaService": f"s3.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": bucket_arn,
        }
    }
