"""What our own functions ask AWS for that it gives nobody for nothing: metrics, bills, queries over a log."""

import json
from collections.abc import Iterator

from cost.assumptions import DAYS, GB, HOURS, Assumptions
from cost.functions import Function
from cost.prices import Price
from cost.templates import Templates
from cost.use import Use
from lambdas.error_budget.objective import Objective
from lambdas.review.sections.routes import MOST_BYTES

READ = "cloudwatch:GetMetricData"
BILL = "ce:GetCostAndUsage"
QUERY = "logs:StartQuery"
BILLS_A_MONTH = 2 + 1 / 3
"""Requests, each with one page: the month's bill and its forecast, and the quarter's bill."""


def uses_of_reads(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    """By every function whose role lets it."""
    for function in _allowed(templates, functions, READ):
        yield Use(Price.METRICS_READ, function.a_month * _read_by(function, assumptions), function.folder)
    for function in _allowed(templates, functions, BILL):
        yield Use(Price.COST_REQUESTS, BILLS_A_MONTH, f"{function.folder}, monthly with a forecast, and quarterly")
    for function in _allowed(templates, functions, QUERY):
        log = assumptions.requests_per_day * assumptions.log_bytes_per_request * DAYS
        yield Use(Price.LOGS_QUERIED, min(log, MOST_BYTES) / GB, f"{function.folder}, the busiest routes of a month")


def _allowed(templates: Templates, functions: list[Function], action: str) -> Iterator[Function]:
    for policy in templates.of_type("AWS::IAM::Policy"):
        if not any(action in _listed(statement) for statement in policy.properties["PolicyDocument"]["Statement"]):
            continue
        roles = templates.referred_to(policy.stack, policy.properties["Roles"])
        for function in functions:
            if set(roles) & set(templates.referred_to(function.resource.stack, function.resource.properties["Role"])):
                yield function


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
