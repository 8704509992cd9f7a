"""The function that does what the buttons of the operator's view say."""

from constructs import Construct

from lambdas.operator_action.settings import Settings
from stacks.functions.operator_view import MEMORY, TIMEOUT, view_settings
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.error_store import ErrorStore


class OperatorAction(MonitoringFunction):
    """Apart from the view, so that not everybody who may look may act."""

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore) -> None:
        super().__init__(
            scope,
            "operator_action",
            settings=Settings(**view_settings(platform.environment, store)),
            platform=platform,
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,  # by whoever looks
        )
        store.let_look(self)
        store.let_change(self)
