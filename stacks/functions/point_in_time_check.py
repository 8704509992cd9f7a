"""The function that looks into the restored instance of a point-in-time drill."""

from typing import Any

from aws_cdk import Duration
from constructs import Construct

from lambdas.point_in_time_check.settings import Settings
from lambdas.vocabulary.backups import MANIFEST
from stacks.platform.arns import arn_of
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.backup_bucket import BackupBucket

FOLDER = "point_in_time_check"


class PointInTimeCheck(MonitoringFunction):
    """It reaches the temporary instance and the bucket's manifests; its group has no way to the source."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        bucket: BackupBucket,
        connection: Connection,
        place: dict[str, Any],
    ) -> None:
        environment = platform.environment
        login = environment.names.monitor_login
        super().__init__(
            scope,
            FOLDER,
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                critical_tables=environment.database.critical_tables,
                sql_assertions=environment.database.sql_assertions,
                **{**connection.function_settings, "database_host": None},
            ),
            platform=platform,
            layers=[platform.layers.postgres_client],
            memory=512,
            timeout=Duration.minutes(15),
            watched_elsewhere=True,  # the state machine sees that it failed, and records it
            **place,
        )
        bucket.let_read(self, f"*/{MANIFEST}")
        self.allow(
            ["rds-db:connect"],
            [arn_of(self, "rds-db", "dbuser", f"*/{login}")],
            because="The instance's resource identifier is new each time; the function's group reaches no other one.",
        )
