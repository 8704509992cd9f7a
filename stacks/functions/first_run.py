"""Every job once, at the end of an environment's first deployment."""

from aws_cdk import ArnFormat, Duration, Stack
from constructs import Construct

from lambdas.first_run.settings import Settings
from lambdas.vocabulary.names import physical_name
from stacks.platform.arns import arn_of
from stacks.platform.deployment_task import DeploymentTask
from stacks.platform.platform import Platform
from stacks.settings import CreatedDatabase, Environment, ExternalDatabase


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
            machines=tuple(self._machine(physical_name(environment, it)) for it in _machines(environment)) or None,
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
        started = [arn.rpartition(":")[2] for arn in settings.machines or ()]
        invoked = [name for name in (*settings.checks, *settings.jobs) if name not in started]
        runner.allow(["lambda:InvokeFunction"], [self._arn(name) for name in invoked])
        if settings.machines:
            runner.allow(["states:StartExecution"], list(settings.machines))

    def _machine(self, name: str) -> str:
        return arn_of(self, "states", "stateMachine", name)

    def _arn(self, name: str) -> str:
        return Stack.of(self).format_arn(
            service="lambda", resource="function", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )


def _checks(environment: Environment) -> list[str]:
    return ["database_check", *(["health_check"] if environment.uptime.endpoints else [])]


def _machines(environment: Environment) -> list[str]:
    """Of the jobs, those that may be large runs."""
    may_be_large = environment.backups.large_runs.enabled and not isinstance(environment.database, ExternalDatabase)
    return [job for job in _jobs(environment) if job == "database_backup" and may_be_large]


def _jobs(environment: Environment) -> list[str]:
    """Without the backup of a database that was made just now: it has not the tables that must be in it.

    Without the status page, too: its stack comes after all others, and its schedule runs it within minutes.
    """
    database = environment.database
    is_empty = isinstance(database, CreatedDatabase) and database.critical_tables
    return ["error_budget", "recovery_check", *([] if is_empty else ["database_backup"])]
