"""Metrics that our own functions read, which AWS gives nobody for nothing."""

from collections.abc import Iterator

from cost.assumptions import Assumptions
from cost.functions import Function
from cost.prices import Price
from cost.templates import Templates
from cost.use import Use

READ = "cloudwatch:GetMetricData"


def uses_of_reads(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    """By every function whose role lets it."""
    for policy in templates.of_type("AWS::IAM::Policy"):
        if not any(READ in _listed(statement) for statement in policy.properties["PolicyDocument"]["Statement"]):
            continue
        roles = templates.referred_to(policy.stack, policy.properties["Roles"])
        for function in functions:
            if set(roles) & set(templates.referred_to(function.resource.stack, function.resource.properties["Role"])):
                yield Use(Price.METRICS_READ, function.a_month * assumptions.metrics_per_read, function.folder)


def _listed(statement: dict[str, object]) -> list[object]:
    actions = statement.get("Action", [])
    return actions if isinstance(actions, list) else [actions]
