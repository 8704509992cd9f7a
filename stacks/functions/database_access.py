"""The function that CloudFormation asks for the login, and that hands the master's password to `database_bootstrap`."""

from aws_cdk import Duration
from constructs import Construct

from lambdas.database_access.settings import Settings
from stacks.functions.database_bootstrap import DatabaseBootstrap
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform


class DatabaseAccess(MonitoringFunction):
    """It reads the master secret and cannot reach the database."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        master_secret_arn: str,
        bootstrap: DatabaseBootstrap,
    ) -> None:
        self.settings = Settings(
            environment=platform.environment.name, master_secret=master_secret_arn, bootstrap_function=bootstrap.name
        )
        super().__init__(
            scope,
            "database_access",
            settings=self.settings,
            platform=platform,
            memory=256,
            timeout=Duration.minutes(3),
            at_deployment=True,
        )
        self.allow(["lambda:InvokeFunction"], [bootstrap.function.function_arn])
        self.allow(["secretsmanager:GetSecretValue"], [master_secret_arn])
