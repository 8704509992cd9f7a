"""Every job once, at the end of an environment's first deployment."""

from aws_cdk import ArnFormat, Duration, Stack
from constructs import Construct

from lambdas.first_run.settings import Settings
from lambdas.vocabulary.names import physical_name
from stacks.platform.deployment_task import DeploymentTask
from stacks.platform.platform import Platform
from stacks.settings import CreatedDatabase, Environment


class FirstRun(Construct):
    """Comes after the stacks whose functions it runs; a later deployment runs only those that it adds.

    The functions are known by their names, so that no stack is kept from changing what another one imports.
    """

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, "FirstRun")
        environment = platform.environment
        settings = Settings(
            environment=environment.name,
            checks=tuple(physical_name(environment, folder) for folder in _checks(environment)),
            jobs=tuple(physical_name(environment, folder) for folder in _jobs(environment)),
        )
        runner, self.ran = DeploymentTask.of(
            self,
            "Ran",
            "first_run",
            resource_type="Custom::FirstRun",
            settings=settings,
            platform=platform,
            timeout=Duration.minutes(5),
        )
        runner.allow(["lambda:InvokeFunction"], [self._arn(name) for name in (*settings.checks, *settings.jobs)])

    def _arn(self, name: str) -> str:
        return Stack.of(self).format_arn(
            service="lambda", resource="function", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )


def _checks(environment: Environment) -> list[str]:
    return ["database_check", *(["health_check"] if environment.uptime.endpoints else [])]


def _jobs(environment: Environment) -> list[str]:
    """Without the backup of a database that was made just now: it has not the tables that must be in it.

    Without the status page, too: its stack comes after all others, and its schedule runs it within minutes.
    """
    database = environment.database
    is_empty = isinstance(database, CreatedDatabase) and database.critical_tables
    return ["error_budget", "recovery_check", *([] if is_empty else ["database_backup"])]
