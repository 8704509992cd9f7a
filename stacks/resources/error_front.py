"""The HTTP front of the error tracker: one host for the DSN and for sentry-cli.

An HTTP API, and no function URL: it puts two functions behind one host, as Sentry's clients expect, and it refuses what
is above the quota before a function runs and is paid for.
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
"""Without the address and the query: the one is personal data, the other holds the key."""
LEAST_RATE = 10


class ErrorFront(Construct):
    """`url` is where clients reach it: a DSN is `https://<key>@<host>/<number>`."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        routes: Mapping[str, MonitoringFunction],
        *,
        per_minute: int,
    ) -> None:
        """`routes` are by their paths, of which the longest that matches counts; above `per_minute` it answers 429."""
        super().__init__(scope, "Front")
        api = aws_apigatewayv2.HttpApi(
            self, "Api", api_name=physical_name(environment, "errors"), create_default_stage=False
        )
        self.url = api.api_endpoint
        self.host = Fn.select(2, Fn.split("/", self.url))
        integrations = {function: _integration(function) for function in routes.values()}
        for path, function in routes.items():
            self._route(api, path, integrations[function])
        rate = max(LEAST_RATE, per_minute // 60)
        log = log_group(self, "Log", f"/aws/vendedlogs/{physical_name(environment, 'errors')}", environment)
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
        self,
        api: aws_apigatewayv2.HttpApi,
        path: str,
        integration: aws_apigatewayv2_integrations.HttpLambdaIntegration,
    ) -> None:
        """For every method: of two routes, one with the method would win over one with the longer path."""
        for route in api.add_routes(path=path, methods=[aws_apigatewayv2.HttpMethod.ANY], integration=integration):
            acknowledge(route, {"APIG4": "Clients have a DSN's key or a token, which the function checks."})


def _integration(function: MonitoringFunction) -> aws_apigatewayv2_integrations.HttpLambdaIntegration:
    return aws_apigatewayv2_integrations.HttpLambdaIntegration(function.name, function.function)


def _as_json(fields: Mapping[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in fields.items()) + "}"
