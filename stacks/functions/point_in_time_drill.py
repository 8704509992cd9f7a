"""The function behind the steps of a point-in-time drill: it orders, looks, deletes and records."""

from datetime import timedelta

from aws_cdk import Duration, aws_ec2, aws_iam
from constructs import Construct

from lambdas.point_in_time_drill.settings import Settings
from lambdas.vocabulary import drills
from lambdas.vocabulary.point_in_time import DRILL, PURPOSE, Step, drill_instance
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.arns import arn_of
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import reap_hourly
from stacks.resources.backup_bucket import BackupBucket
from stacks.settings.backups import PointInTimeDrill

FOLDER = "point_in_time_drill"


class PointInTimeDrillFunction(MonitoringFunction):
    """It asks RDS, from outside of any VPC; it reaches no database.

    What it may restore into and delete is one instance, by its name and by the tag that it is made with.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        bucket: BackupBucket,
        connection: Connection,
        drill: PointInTimeDrill,
        group: aws_ec2.ISecurityGroup,
    ) -> None:
        environment = platform.environment
        database, backups = environment.database, environment.backups
        assert connection.instance_identifier  # noqa: S101  (settings refuse a database that is no instance)
        assert connection.instance_arn  # noqa: S101  (the same)
        instance = drill_instance(environment)
        super().__init__(
            scope,
            FOLDER,
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                database=database.name,
                instance_identifier=connection.instance_identifier,
                drill_instance=instance,
                instance_class=drill.instance_class,
                security_group=group.security_group_id,
                time_limit=timedelta(minutes=drill.time_limit_minutes),
                recovery_time_objective=timedelta(minutes=backups.recovery_time_objective_minutes),
                recovery_point_objective=timedelta(hours=backups.recovery_point_objective_hours),
            ),
            platform=platform,
            memory=256,
            timeout=Duration.minutes(2),
            runbook=Runbook.POINT_IN_TIME_DRILL,
        )
        self._allow_drills(connection.instance_arn, arn_of(self, "rds", "db", instance))
        self.allow(
            ["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"],
            [bucket.arn_for_objects(f"{drills.folder_of(database.name)}{drills.POINT_IN_TIME_FILES}")],
            because="A drill's record is named by its time.",
        )
        self.allow(["s3:ListBucket"], [bucket.bucket_arn])  # without it S3 answers 403, not 404, for what is not there
        self.allow(["kms:GenerateDataKey", "kms:Decrypt"], [bucket.key_arn])

    def reap_on_schedule(self, scheduler: aws_iam.Role) -> None:
        reap_hourly(self, scheduler, Step.REAP)

    def _allow_drills(self, source: str, drill: str) -> None:
        """As the service authorization reference has it: a restore is allowed on both instances and on the groups."""
        groups = [arn_of(self, "rds", kind, "*") for kind in ("og", "pg", "subgrp")]
        self.allow(["rds:DescribeDBInstances"], [source, drill])
        self.allow(
            ["rds:RestoreDBInstanceToPointInTime"],
            [source, *groups],
            because="The source says which groups it has; they are used as they are, and hold no data.",
        )
        tagged = {"StringEquals": {f"aws:RequestTag/{PURPOSE}": DRILL}}
        self.allow(["rds:RestoreDBInstanceToPointInTime", "rds:AddTagsToResource"], [drill], where=tagged)
        self.allow(["rds:DeleteDBInstance"], [drill], where={"StringEquals": {f"aws:ResourceTag/{PURPOSE}": DRILL}})
