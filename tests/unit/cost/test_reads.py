"""What our own functions' reading of metrics costs."""

import json

import pytest

from cost.assumptions import HOURS, Assumptions
from cost.functions import Function
from cost.prices import Price
from cost.reads import BILL, QUERY, READ, uses_of_reads
from cost.templates import Templates
from lambdas.error_budget.objective import Objective, Promise, Series

EVERY_FIVE_MINUTES = 12 * HOURS
SERVED = Series.of("JunkOS", "request_duration", "SampleCount", {"environment": "test"})
IN_TIME = Series.of("JunkOS", "request_duration", "TC(:1000)", {"environment": "test"})
FAILED = Series.of("JunkOS", "request_failed", "Sum", {"environment": "test"})
OBJECTIVES = (
    Objective(Promise.AVAILABILITY, "api", 99.9, events=(SERVED,), bad=(FAILED,)),
    Objective(Promise.LATENCY, "api", 99, events=(SERVED,), good=(IN_TIME,)),
)


def read_by(**variables):
    (use,) = uses_for(READ, variables)
    return use.quantity


def uses_for(action, variables=None, assumptions=Assumptions()):  # noqa: B008  (frozen)
    statement = {"Action": action, "Effect": "Allow", "Resource": "*"}
    templates = Templates(
        {
            "stack": {
                "Resources": {
                    "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
                    "Policy": {
                        "Type": "AWS::IAM::Policy",
                        "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [statement]}},
                    },
                    "Function": {
                        "Type": "AWS::Lambda::Function",
                        "Properties": {
                            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                            "Environment": {"Variables": variables or {}},
                        },
                    },
                }
            }
        }
    )
    (resource,) = templates.of_type("AWS::Lambda::Function")
    function = Function(resource, "error_budget", EVERY_FIVE_MINUTES, None)
    return list(uses_of_reads(templates, [function], assumptions))


def test_metric_reads_are_counted():
    """A metric is paid once in each call and in that of thirty days each hour."""
    objectives = json.dumps([objective.to_json() for objective in OBJECTIVES])
    metrics = 2  # request_duration with two statistics, and request_failed
    assert read_by(OBJECTIVES=objectives) == pytest.approx(metrics * (EVERY_FIVE_MINUTES + HOURS))


def test_unknown_reads_are_assumed_large():
    """A function that does not say what it reads is taken to read much."""
    assert read_by() == pytest.approx(EVERY_FIVE_MINUTES * Assumptions().metrics_per_read)


def test_bills_are_paid_by_the_request():
    (use,) = uses_for(BILL)
    assert (use.price, use.quantity) == (Price.COST_REQUESTS, pytest.approx(2.333, abs=0.001))


def test_queries_are_bounded():
    """Of a log of a month, or of the most that a review looks at."""
    (use,) = uses_for(QUERY)
    assert (use.price, use.quantity) == (Price.LOGS_QUERIED, pytest.approx(1.217, abs=0.001))
    (use,) = uses_for(QUERY, assumptions=Assumptions(requests_per_day=10_000_000))
    assert use.quantity == 2
