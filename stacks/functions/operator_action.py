"""The function that does what the buttons of the operator's view say."""

from typing import ClassVar

from constructs import Construct

from lambdas.operator_action.settings import Settings
from lambdas.vocabulary.names import physical_name
from stacks.functions.operator_view import OperatorView
from stacks.platform.arns import arn_of_function
from stacks.platform.platform import Platform
from stacks.resources.error_store import ErrorStore


class OperatorAction(OperatorView):
    """Apart from the view, so that not everybody who may look may act.  It answers with the view."""

    folder: ClassVar = "operator_action"
    kind: ClassVar = Settings

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore | None) -> None:
        super().__init__(scope, platform=platform, store=store)
        if store:
            store.let_change(self)
        if platform.environment.on_call:
            # It alone writes incidents.
            answering = physical_name(platform.environment, "incident")
            self.allow(["lambda:InvokeFunction"], [arn_of_function(self, answering)])
