"""Metrics that our own functions read, which AWS gives nobody for nothing."""

import json
from collections.abc import Iterator

from cost.assumptions import HOURS, Assumptions
from cost.functions import Function
from cost.prices import Price
from cost.templates import Templates
from cost.use import Use
from lambdas.error_budget.objective import Objective

READ = "cloudwatch:GetMetricData"


def uses_of_reads(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    """By every function whose role lets it."""
    for policy in templates.of_type("AWS::IAM::Policy"):
        if not any(READ in _listed(statement) for statement in policy.properties["PolicyDocument"]["Statement"]):
            continue
        roles = templates.referred_to(policy.stack, policy.properties["Roles"])
        for function in functions:
            if set(roles) & set(templates.referred_to(function.resource.stack, function.resource.properties["Role"])):
                yield Use(Price.METRICS_READ, function.a_month * _read_by(function, assumptions), function.folder)


def _read_by(function: Function, assumptions: Assumptions) -> float:
    """In each run: the metrics of the objectives that the function is given, and once an hour those of thirty days.

    AWS counts up to five statistics of a metric in one request as one.
    """
    variables = function.resource.properties.get("Environment", {}).get("Variables", {})
    if "OBJECTIVES" not in variables:
        return assumptions.metrics_per_read
    objectives = [Objective.from_json(text) for text in json.loads(variables["OBJECTIVES"])]
    series = {one for objective in objectives for one in objective.series}
    metrics = {(one.namespace, one.metric, one.dimensions) for one in series}
    return len(metrics) * (1 + HOURS / function.a_month)


def _listed(statement: dict[str, object]) -> list[object]:
    actions = statement.get("Action", [])
    return actions if isinstance(actions, list) else [actions]
