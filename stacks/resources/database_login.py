"""The login of the functions near an RDS instance, made by a function in its subnets."""

from typing import Any

from aws_cdk import CustomResource
from constructs import Construct

from lambdas.database_bootstrap.settings import VERSION
from stacks.functions.database_access import DatabaseAccess
from stacks.functions.database_bootstrap import DatabaseBootstrap
from stacks.platform.database_connection import Endpoint
from stacks.platform.platform import Platform


class DatabaseLogin(Construct):
    """Two functions: the one that can read the master secret cannot reach the database, and the other way round.

    So the isolated subnets need no endpoint for Secrets Manager, which would cost more than the database's storage.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        platform: Platform,
        endpoint: Endpoint,
        place: dict[str, Any],
    ) -> None:
        super().__init__(scope, identifier)
        bootstrap = DatabaseBootstrap(self, platform=platform, endpoint=endpoint, place=place)
        access = DatabaseAccess(
            self,
            platform=platform,
            master_secret_arn=endpoint.master_secret_arn,
            bootstrap=bootstrap,
        )
        made = CustomResource(
            self,
            "Made",
            service_token=access.function.function_arn,
            resource_type="Custom::DatabaseLogin",
            # All that either function is given, so that a change of it makes the login again.
            properties={
                **access.settings.to_environment(),
                **bootstrap.settings.to_environment(),
                "VERSION": VERSION,
            },
        )
        made.node.add_dependency(bootstrap, access)
