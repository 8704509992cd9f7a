"""The function that sentry-cli talks to: releases, commits, deployments and source maps."""

from aws_cdk import Duration
from constructs import Construct

from lambdas.error_releases.settings import ProjectToken, Settings
from lambdas.notify.channel import Store
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.error_store import ErrorStore

PATHS = ("/api/0", "/api/0/{proxy+}")


class ErrorReleases(MonitoringFunction):
    """Whoever has a project's token writes the project's releases and source maps, and reads nothing else."""

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore) -> None:
        environment = platform.environment
        tokens = {one.name: one.token_parameter for one in environment.errors.projects if one.token_parameter}
        super().__init__(
            scope,
            "error_releases",
            settings=Settings(
                environment=environment.name,
                organization=environment.service,
                table=store.table.table_name,
                bucket=store.bucket.bucket_name,
                tokens=tuple(
                    ProjectToken(project, Store.PARAMETER, name).to_json() for project, name in tokens.items()
                ),
            ),
            platform=platform,
            memory=1024,  # a map of 5 MB is compiled in it
            timeout=Duration.seconds(29),  # the front waits no longer
            runbook=Runbook.ERRORS,
        )
        store.let_record_releases(self)
        store.let_keep_maps(self)
        for name in sorted(set(tokens.values())):
            self.allow_to_read_parameter(name)
