"""The function near the database that makes the login of this system's functions."""

from typing import Any

from aws_cdk import Duration
from constructs import Construct

from lambdas.database_bootstrap.settings import Settings
from stacks.platform.database_connection import Endpoint
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform


class DatabaseBootstrap(MonitoringFunction):
    """It reaches the database and can read no secret: it is handed the master's password."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        endpoint: Endpoint,
        place: dict[str, Any],
    ) -> None:
        self.settings = Settings(
            environment=platform.environment.name,
            database_host=endpoint.host,
            database_port=endpoint.port,
            database_name=endpoint.database_name,
        )
        super().__init__(
            scope,
            "database_bootstrap",
            settings=self.settings,
            platform=platform,
            layers=[platform.layers.postgres_client],
            memory=256,
            timeout=Duration.seconds(60),
            at_deployment=True,
            **place,
        )
