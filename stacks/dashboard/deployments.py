"""Deployments, as marks in the graphs that they change."""

from lambdas.vocabulary.metrics import Metric
from stacks.dashboard.definition import Formula
from stacks.dashboard.own import own
from stacks.settings import Environment


def deployment_marks(environment: Environment) -> Formula | None:
    """None where errors are not tracked: nobody records deployments then.

    A metric, because the dashboard's vertical annotations stand at times that are written into it: they would have to
    be added by a function at each deployment, which the next deployment of the stack takes away again.  A metric is
    there in CloudWatch, in Grafana and for every period, and is paid for in the hours of deployments only.  Which
    release a mark is, it cannot say: `ops <environment> deploys list` does.
    """
    if not environment.errors.enabled:
        return None
    series = own(environment, Metric.DEPLOYMENTS)  # the highest: one that is reported twice is one mark
    return Formula("FILL(deployments, 0)", (("deployments", series),), series.seconds, "deployment")
