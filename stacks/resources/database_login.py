"""The login of the functions near an RDS instance, made by a function in its subnets."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import CustomResource, Duration
from constructs import Construct

from lambdas.database_access.settings import Settings as AccessSettings
from lambdas.database_bootstrap.settings import VERSION
from lambdas.database_bootstrap.settings import Settings as BootstrapSettings
from stacks.alarms.spec import Alarms
from stacks.platform.function import MonitoringFunction
from stacks.platform.layers import Layers
from stacks.settings import Environment


@dataclass(frozen=True)
class Endpoint:
    """Where a PostgreSQL of RDS listens, and the secret with its master user's `username` and `password`."""

    host: str
    port: int
    database_name: str
    master_secret_arn: str


class DatabaseLogin(Construct):
    """Two functions: the one that can read the master secret cannot reach the database, and the other way round.

    So the isolated subnets need no endpoint for Secrets Manager, which would cost more than the database's storage.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        alarms: Alarms,
        layers: Layers,
        endpoint: Endpoint,
        place: dict[str, Any],
    ) -> None:
        super().__init__(scope, identifier)
        bootstrap_settings = BootstrapSettings(
            environment=environment.name,
            database_host=endpoint.host,
            database_port=endpoint.port,
            database_name=endpoint.database_name,
        )
        bootstrap = MonitoringFunction(
            self,
            "database_bootstrap",
            settings=bootstrap_settings,
            environment=environment,
            alarms=alarms,
            layers=[layers.observability, layers.postgres_client],
            memory=256,
            timeout=Duration.seconds(60),
            at_deployment=True,
            **place,
        )
        access_settings = AccessSettings(
            environment=environment.name, master_secret=endpoint.master_secret_arn, bootstrap_function=bootstrap.name
        )
        access = MonitoringFunction(
            self,
            "database_access",
            settings=access_settings,
            environment=environment,
            alarms=alarms,
            layers=[layers.observability],
            memory=256,
            timeout=Duration.minutes(3),
            at_deployment=True,
        )
        access.allow(["lambda:InvokeFunction"], [bootstrap.function.function_arn])
        access.allow(["secretsmanager:GetSecretValue"], [endpoint.master_secret_arn])
        made = CustomResource(
            self,
            "Made",
            service_token=access.function.function_arn,
            resource_type="Custom::DatabaseLogin",
            # All that either function is told, so that a change of it makes the login again.
            properties={
                **access_settings.to_environment(),
                **bootstrap_settings.to_environment(),
                "VERSION": VERSION,
            },
        )
        made.node.add_dependency(bootstrap, access)
