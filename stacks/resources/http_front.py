"""An HTTP front: one host for the functions behind it.

An HTTP API, and no function URL: it puts several functions behind one host, as Sentry's clients expect, and it refuses
what is above the quota before a function runs and is paid for.
"""

from collections.abc import Mapping

from aws_cdk import Fn, aws_apigatewayv2, aws_apigatewayv2_integrations
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from stacks.platform.function import MonitoringFunction
from stacks.platform.logs import log_group
from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import Environment

_LOGGED = {
    "time": "$context.requestTimeEpoch",
    "id": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "failure": "$context.integrationErrorMessage",
}
"""Without the address, the path and the query: the first is personal data, the others hold a key or a token."""
LEAST_RATE = 10


class HttpFront(Construct):
    """`url` is where clients reach it."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        thing: str,
        routes: Mapping[str, MonitoringFunction],
        *,
        per_minute: int,
        checked_by_function: str,
    ) -> None:
        """`routes` are by their paths, of which the longest that matches counts; above `per_minute` it answers 429.

        It is named after `thing`.  `checked_by_function` says what clients have that stands for a login.
        """
        super().__init__(scope, "Front")
        name = physical_name(environment, thing)
        api = aws_apigatewayv2.HttpApi(self, "Api", api_name=name, create_default_stage=False)
        self.url = api.api_endpoint
        self.host = Fn.select(2, Fn.split("/", self.url))
        integrations = {function: _integration(function) for function in routes.values()}
        for path, function in routes.items():
            _route(api, path, integrations[function], checked_by_function)
        rate = max(LEAST_RATE, per_minute // 60)
        log = log_group(self, "Log", f"/aws/vendedlogs/{name}", environment)
        aws_apigatewayv2.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=aws_apigatewayv2.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=rate, throttling_burst_limit=2 * rate
            ),
            access_log_settings=aws_apigatewayv2.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=_as_json(_LOGGED)
            ),
        )


def _route(
    api: aws_apigatewayv2.HttpApi,
    path: str,
    integration: aws_apigatewayv2_integrations.HttpLambdaIntegration,
    checked_by_function: str,
) -> None:
    """For every method: of two routes, one with the method would win over one with the longer path."""
    for route in api.add_routes(path=path, methods=[aws_apigatewayv2.HttpMethod.ANY], integration=integration):
        acknowledge(route, {"APIG4": checked_by_function})


def _integration(function: MonitoringFunction) -> aws_apigatewayv2_integrations.HttpLambdaIntegration:
    return aws_apigatewayv2_integrations.HttpLambdaIntegration(function.name, function.function)


def _as_json(fields: Mapping[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in fields.items()) + "}"
