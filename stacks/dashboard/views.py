"""What the operator's view shows, on the dashboard."""

from collections.abc import Iterator

from lambdas.vocabulary.names import physical_name
from stacks.dashboard.definition import View, Widget
from stacks.settings import Environment


def views(environment: Environment) -> Iterator[Widget]:
    function = physical_name(environment, "operator_view")
    if environment.on_call:
        yield View("Incidents", function, (("view", "incidents"),))
    if environment.errors.enabled:
        yield View("Errors", function, (("view", "issues"),))
