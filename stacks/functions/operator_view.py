"""The function that writes the operator's view: errors now."""

from typing import Any

from aws_cdk import Duration
from constructs import Construct

from lambdas.operator_view.settings import Settings
from lambdas.vocabulary.names import physical_name
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.error_store import ErrorStore
from stacks.settings import Environment

MEMORY = 512
TIMEOUT = Duration.seconds(20)


class OperatorView(MonitoringFunction):
    """It reads, and changes nothing: who may look at the dashboard and invoke it sees the errors."""

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore) -> None:
        super().__init__(
            scope,
            "operator_view",
            settings=Settings(**view_settings(platform.environment, store)),
            platform=platform,
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,  # by whoever looks
        )
        store.let_look(self)


def view_settings(environment: Environment, store: ErrorStore) -> dict[str, Any]:
    """Those of the function that acts are the same: it answers with the view."""
    return {
        "environment": environment.name,
        "table": store.table.table_name,
        "bucket": store.bucket.bucket_name,
        "projects": environment.errors.all_projects,
        "view_function": physical_name(environment, "operator_view"),
        "action_function": physical_name(environment, "operator_action"),
    }
