"""The API's log: where its lines arrive, and what is counted in them."""

from aws_cdk import CfnOutput, aws_cloudwatch, aws_iam, aws_logs
from constructs import Construct

from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import physical_name
from stacks.platform.logs import log_group
from stacks.platform.nag_suppressions import acknowledge_wildcards
from stacks.settings import Environment

SERVER_ERROR, CLIENT_ERROR = 500, 400
_LOAD_TEST = Field.LOAD_TEST.in_filters
OF_USERS = f"({_LOAD_TEST} NOT EXISTS) || ({_LOAD_TEST} IS FALSE)"
"""Where there are load tests, their requests are none of those that are counted."""
_SECURITY = {
    Metric.FAILED_LOGINS: Event.LOGIN_FAILED,
    Metric.SUSPICIOUS_REQUESTS: Event.SUSPICIOUS_REQUEST,
    Metric.PRIVILEGE_CHANGES: Event.PRIVILEGE_CHANGE,
}


class ApiLog(Construct):
    """The log group `environment.backend_log_group`, made here unless it is there already, and its metric filters.

    Every filter is held to this environment, so that two environments may share a group; the only dimensions are
    those that the environment file names: each value of a dimension is paid for.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "ApiLog")
        self._environment = environment
        self.group = self._group()
        self._count_security_events()
        if environment.api.source == "logs":
            self._count_requests()
            self._measure_routes()

    def _group(self) -> aws_logs.ILogGroup:
        name = self._environment.backend_log_group
        if self._environment.api.log_group:
            return aws_logs.LogGroup.from_log_group_name(self, "Group", name)
        group = log_group(self, "Group", name, self._environment)
        self._let_the_backend_write(group)
        return group

    def _let_the_backend_write(self, group: aws_logs.LogGroup) -> None:
        policy = aws_iam.ManagedPolicy(
            self,
            "Writer",
            managed_policy_name=physical_name(self._environment, "backend-log-writer"),
            description="Write the backend's lines to its log group: attach it to the backend's role or user.",
            statements=[
                aws_iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                    resources=[group.log_group_arn],
                )
            ],
        )
        acknowledge_wildcards(policy, [group.log_group_arn], "The streams of this one log group.")
        output = CfnOutput(
            self, "WriterPolicy", value=policy.managed_policy_arn, description="Lets the backend write its log lines"
        )
        output.override_logical_id("WriterPolicy")  # people ask for it by this name

    def _count_requests(self) -> None:
        status = Field.STATUS.in_filters
        took = f"{Field.DURATION_MS.in_filters} >= 0"
        count = self._count_request
        count("Duration", Metric.REQUEST_DURATION, Field.DURATION_MS.in_filters, took)
        count("Failed", Metric.REQUEST_FAILED, "1", f"{status} >= {SERVER_ERROR}")
        count("NotFailed", Metric.REQUEST_FAILED, "0", f"{status} < {SERVER_ERROR}")
        count("Refused", Metric.REQUEST_REFUSED, "1", f"{status} >= {CLIENT_ERROR}", f"{status} < {SERVER_ERROR}")

    def _count_request(self, identifier: str, metric: Metric, value: str, *conditions: str) -> None:
        """Of every route but those that are left out."""
        ignored = self._environment.api.ignored_routes
        others = [f'{Field.ROUTE.in_filters} != "{route}"' for route in ignored]
        self._filter(identifier, metric, value, Event.REQUEST, *conditions, *others, *self._of_users())

    def _of_users(self) -> tuple[str, ...]:
        return (OF_USERS,) if self._environment.load_test else ()

    def _measure_routes(self) -> None:
        """A dimension's value comes from the line, so that a filter is held to each route; the rest has a name of its
        own."""
        routes, took = self._environment.api.routes, f"{Field.DURATION_MS.in_filters} >= 0"
        field, duration = Field.ROUTE.in_filters, Field.DURATION_MS.in_filters
        for number, route in enumerate(routes):
            self._filter(
                f"Route{number}",
                Metric.REQUEST_DURATION,
                duration,
                Event.REQUEST,
                took,
                f'{field} = "{route}"',
                *self._of_users(),
                dimensions=(Dimension.ENVIRONMENT, Dimension.ROUTE),
            )
        if routes:
            others = [f'{field} != "{route}"' for route in routes]
            self._count_request("OtherRoutes", Metric.OTHER_REQUEST_DURATION, duration, took, *others)

    def _count_security_events(self) -> None:
        for metric, event in _SECURITY.items():
            self._filter(event.title().replace("_", ""), metric, "1", event)

    def _filter(
        self,
        identifier: str,
        metric: Metric,
        value: str,
        event: Event,
        *conditions: str,
        dimensions: tuple[Dimension, ...] = (Dimension.ENVIRONMENT,),
    ) -> None:
        terms = (
            f'{Field.EVENT.in_filters} = "{event}"',
            f'{Field.ENVIRONMENT.in_filters} = "{self._environment.name}"',
            *conditions,
        )
        aws_logs.MetricFilter(
            self,
            identifier,
            log_group=self.group,
            filter_name=physical_name(self._environment, f"api-{identifier}"),
            filter_pattern=aws_logs.FilterPattern.literal(f"{{ {' && '.join(f'({term})' for term in terms)} }}"),
            metric_namespace=self._environment.names.namespace,
            metric_name=metric,
            metric_value=value,
            dimensions={dimension: f"$.{dimension}" for dimension in dimensions},
            unit=aws_cloudwatch.Unit[metric.unit.name],
        )
