"""The logs whose errors are tracked: the API's, and those of this system's own functions."""

from collections.abc import Iterator

from aws_cdk import ArnFormat, Stack, aws_logs
from constructs import Construct

from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.names import physical_name
from stacks.platform.function import MonitoringFunction
from stacks.settings import Environment

OWN_ERRORS = '?ERROR ?CRITICAL ?"Task timed out"'
"""Powertools' levels, what Python's runtime writes of an exception that nobody caught, and what the platform ends."""
DIGEST = "error_digest"


class ErrorSources(Construct):
    """A subscription of each log group to the digest, in the last stack: by then all groups are there.

    Without the digest's own: an error in it would be handed to it again, and again.
    """

    def __init__(self, scope: Construct, environment: Environment, api_log: aws_logs.ILogGroup) -> None:
        super().__init__(scope, "ErrorSources")
        self._environment = environment
        settings = environment.errors
        if settings.from_logs:
            name = self._environment.name
            pattern = (
                f'{{ ({Field.EVENT.in_filters} = "{Event.ERROR}") && ({Field.ENVIRONMENT.in_filters} = "{name}") }}'
            )
            self._subscribe("Api", environment.backend_log_group, pattern).node.add_dependency(api_log)
        for function in _functions(self) if settings.own_functions else ():
            group = f"/aws/lambda/{function.name}"
            self._subscribe(function.node.id, group, OWN_ERRORS).node.add_dependency(function)

    def _subscribe(self, identifier: str, group: str, pattern: str) -> aws_logs.CfnSubscriptionFilter:
        name = physical_name(self._environment, DIGEST)
        return aws_logs.CfnSubscriptionFilter(
            self,
            identifier,
            log_group_name=group,
            filter_name=physical_name(self._environment, "errors"),
            filter_pattern=pattern,
            destination_arn=Stack.of(self).format_arn(
                service="lambda", resource="function", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
            ),
        )


def _functions(scope: Construct) -> Iterator[MonitoringFunction]:
    """Of the environment's region, but the digest; those that are made later are not among them."""
    here = Stack.of(scope).region
    ours = (found for found in scope.node.root.node.find_all() if isinstance(found, MonitoringFunction))
    return (found for found in ours if found.node.id != DIGEST and Stack.of(found).region == here)
