"""Logs: written, kept, masked and queried."""

import json
from collections.abc import Iterator

from cost.assumptions import DAYS, GB, Assumptions
from cost.errors import CostError
from cost.functions import Function
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use

LOG_GROUP = "AWS::Logs::LogGroup"
REQUEST_LINE = 200
"""Bytes that the front writes of each request."""


def uses_of_logs(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    """Raises CostError for a log group of which nobody knows how much is written to it."""
    for group in templates.of_type(LOG_GROUP):
        name = _name(group)
        written = _bytes_a_month(group, functions, assumptions) / GB
        kept = written * assumptions.log_compression * group.properties["RetentionInDays"] / DAYS
        yield Use(Price.LOGS_WRITTEN, written, name)
        yield Use(Price.LOGS_KEPT, kept, name)
        if "DataProtectionPolicy" in group.properties:
            yield Use(Price.LOGS_MASKED, written, name)
    yield Use(Price.LOGS_QUERIED, assumptions.log_bytes_queried / GB, "the saved queries, run by people")


def uses_of_contributor_rules(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    """A rule matches what its filters let through; here, what somebody tries."""
    for rule in templates.of_type("AWS::CloudWatch::InsightRule"):
        name = str(rule.properties["RuleName"])
        yield Use(Price.CONTRIBUTOR_RULE, 1, name)
        yield Use(Price.CONTRIBUTOR_EVENTS, assumptions.requests_per_day * DAYS, f"{name}, if it matched every request")


def _bytes_a_month(group: Resource, functions: list[Function], assumptions: Assumptions) -> float:
    name = _name(group)
    for function in functions:
        if name == f"/aws/lambda/{function.name}" and group.stack == function.resource.stack:
            return function.a_month * function.run.log_bytes
    if name.startswith("/aws/rds/"):
        return 0 if name.endswith("/upgrade") else assumptions.database_log_bytes_per_day * DAYS
    if name.endswith("/backend"):
        return assumptions.requests_per_day * assumptions.log_bytes_per_request * DAYS
    if name.startswith("/aws/vendedlogs/"):
        return assumptions.errors * REQUEST_LINE
    raise CostError(f"{group} ({name}): say in cost/logs.py how much is written to it")


def _name(group: Resource) -> str:
    return json.dumps(group.properties["LogGroupName"]).strip('"')
