"""The backup settings of an RDS instance that somebody else made, held to what the environment file says."""

from aws_cdk import aws_rds
from constructs import Construct

from lambdas.database_settings.settings import Settings
from stacks.platform.deployment_task import DeploymentTask
from stacks.platform.platform import Platform
from stacks.resources.database_instance import LOG_EXPORTS
from stacks.settings import ExistingDatabase


class EnforcedSettings(Construct):
    """Looked at, and where they drifted put right, whenever the stack is deployed with a changed setting."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        platform: Platform,
        database: ExistingDatabase,
        instance: aws_rds.IDatabaseInstance,
    ) -> None:
        super().__init__(scope, identifier)
        settings = Settings(
            environment=platform.environment.name,
            instance_identifier=database.instance_identifier,
            backup_retention_days=database.backup_retention_days,
            backup_window=database.backup_window,
            log_exports=LOG_EXPORTS,
        )
        enforcer, _ = DeploymentTask.of(
            self,
            "Enforced",
            "database_settings",
            resource_type="Custom::DatabaseSettings",
            settings=settings,
            platform=platform,
        )
        enforcer.allow(["rds:DescribeDBInstances", "rds:ModifyDBInstance"], [instance.instance_arn])
