"""Backups to S3, the restore that proves each of them, and the alarms on how far back a recovery would go."""

from typing import Any

from aws_cdk.aws_stepfunctions import StateMachine
from constructs import Construct

from stacks.alarms.recovery import recovery_alarms
from stacks.alarms.spec import Alarms
from stacks.functions.copy_check import CopyCheck
from stacks.functions.database_backup import DatabaseBackup
from stacks.functions.recovery_check import RecoveryCheck
from stacks.functions.restore_verification import RestoreVerification
from stacks.platform.database_connection import Connection
from stacks.platform.function import MonitoringFunction
from stacks.platform.network import IsolatedNetwork, ZonedStack
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.resources.backup_bucket import BackupBucket
from stacks.resources.copies_bucket import replicate
from stacks.resources.large_runs import LargeRuns
from stacks.resources.point_in_time_drills import PointInTimeDrills
from stacks.settings import Environment


class BackupsStack(ZonedStack):
    """Schedule, backup, proof and check; `connection` says where the database is and admits the backup to it.

    `default_groups` are those of the network that restores run in; `key_arn` is of the key that backups are encrypted
    with, `copies_key` that of their copies in the environment's second region, where it has one.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        connection: Connection,
        alarms: Alarms,
        copies_key: str | None = None,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        platform = Platform.of(self, environment, alarms)
        bucket = BackupBucket(self, environment=environment)
        self.key_arn = bucket.key_arn
        backup = DatabaseBackup(self, platform=platform, bucket=bucket, connection=connection)
        network = IsolatedNetwork(self, "Network", environment=environment, bucket=bucket)
        self.default_groups = [network.default_group]
        verification = RestoreVerification(self, platform=platform, bucket=bucket, network=network)
        check = RecoveryCheck(self, platform=platform, bucket=bucket, connection=connection)
        scheduler = scheduler_role(self, environment, "backups")
        machines: dict[MonitoringFunction, StateMachine] = {}
        if environment.backups.large_runs.enabled:
            runs = LargeRuns(self, platform=platform, bucket=bucket)
            runs.prove_by(verification, network)
            if connection.placement:  # an instance would need a network of ours to reach the database from
                runs.back_up_by(backup, connection)
            runs.finish(scheduler)
            machines = runs.machines
        backup.run_on_schedule(scheduler, machines.get(backup))
        check.run_on_schedule(scheduler)
        verification.run_on_each_backup(machines.get(verification))
        verification.hold_drills(scheduler, machines.get(verification))
        check.run_on_each_verdict()
        if copies_key and (region := environment.backups.copy_region):
            replicate(bucket, environment=environment, region=region, key_arn=copies_key)
            CopyCheck(self, platform=platform, bucket=bucket, region=region, key_arn=copies_key).run_on_schedule(
                scheduler
            )
        alarms.make(self, recovery_alarms(environment, on_rds=connection.instance_identifier is not None))
        if drill := environment.backups.point_in_time_drill:
            drills = PointInTimeDrills(self, platform=platform, bucket=bucket, connection=connection, drill=drill)
            drills.run_on_schedule(scheduler, drill.schedule)
