"""The environment's dashboard in CloudWatch."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, CfnOutput, Stack, aws_cloudwatch
from constructs import Construct

from stacks.alarms.spec import Watched
from stacks.dashboard.cloudwatch import body_of
from stacks.dashboard.compose import compose
from stacks.dashboard.console import console_in
from stacks.dashboard.definition import Dashboard
from stacks.dashboard.users import Signals
from stacks.settings import Environment

_SERVICES = {"alarm": "cloudwatch", "function": "lambda"}


def dashboard_in(app: Construct) -> Dashboard:
    """The dashboard that the stacks of `app` make."""
    (overview,) = (one for one in app.node.find_all() if isinstance(one, Overview))
    return overview.definition


class Overview(Construct):
    """`definition` is what it shows, for whoever else draws it.  Made last: it shows the alarms made before it."""

    def __init__(
        self, scope: Construct, environment: Environment, watched: Sequence[Watched], signals: Signals | None = None
    ) -> None:
        super().__init__(scope, "Overview")
        self.definition = compose(environment, watched, signals)
        aws_cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=self.definition.name,
            dashboard_body=Stack.of(self).to_json_string(body_of(self.definition, self._arn_of)),
        )
        CfnOutput(
            Stack.of(self),
            "DashboardUrl",
            value=f"{console_in(environment.region)}#dashboards/dashboard/{self.definition.name}",
            description="Where all of it is seen at one look",
        )

    def _arn_of(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service=_SERVICES[resource],
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
