"""What checks look for by its name is what the templates make: renaming it must not make a check wrong."""

import re

import pytest

from lambdas.checklist.alarm_names import DOWN, AlarmName
from lambdas.checklist.checks import CHECKS
from lambdas.checklist.endpoints import TABLE as STATES
from lambdas.checklist.errors import TABLE as ERRORS
from lambdas.vocabulary.metrics import Dimension, Metric
from tests.infra.conftest import of_type, resources_of, synthesized

NAMED = {
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SNS::Topic": "TopicName",
}
RESOURCES = sorted({reads.resource for check in CHECKS for reads in check.reads if "{prefix}" in reads.resource})
ON_RDS_ONLY = {name for name in AlarmName if name.startswith("rds-")}
ELSEWHERE_ONLY = {AlarmName.DATABASE_CONNECTIONS}
WITH_COPIES_ONLY = {AlarmName.COPIED_BACKUP_AGE, AlarmName.COPY_FAULTS}
WITH_CLIENTS_ONLY = {AlarmName.ERRORS_FLOOD, AlarmName.ERRORS_MANY}


def alarms_of(environment: str) -> dict[str, dict]:
    resources = resources_of(synthesized(environment))
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    found = [properties for kind in kinds for properties in of_type(resources, kind).values()]
    return {properties["AlarmName"]: properties for properties in found}


@pytest.mark.parametrize(
    ("environment", "lacks"),
    [
        ("prod", ELSEWHERE_ONLY | WITH_CLIENTS_ONLY | WITH_COPIES_ONLY),
        ("local", ON_RDS_ONLY | WITH_COPIES_ONLY),
        ("staging", ELSEWHERE_ONLY | WITH_CLIENTS_ONLY),
    ],
)
def test_alarms_are_called_so(environment, lacks):
    there = {name.removeprefix(f"junkos-{environment}-") for name in alarms_of(environment)}
    assert set(AlarmName) - there == lacks


def test_each_endpoint_is_known_by_its_alarm():
    """By the dimension of the metric: endpoints' names may have spaces, those of alarms have none."""
    on_outage = [each for name, each in alarms_of("local").items() if name.endswith(DOWN)]
    assert {each["MetricName"] for each in on_outage} == {Metric.UP}
    names = {each["Value"] for alarm in on_outage for each in alarm["Dimensions"] if each["Name"] == Dimension.ENDPOINT}
    assert names == {"api", "api over TLS"}


@pytest.mark.parametrize("resource", RESOURCES)
def test_rights_are_to_what_is_there(resource):
    """Of patterns it is what stands before the star."""
    resources = resources_of(synthesized("local"))
    names = {str(each.get(key)) for kind, key in NAMED.items() for each in of_type(resources, kind).values()}
    names |= {f"junkos-local-{bucket}" for bucket in ("errors-", "reviews-", "status-page-")}
    found = re.search(r"((?:/aws/lambda/)?)\{prefix\}([\w-]+)(.?)", resource)
    wanted = f"{found[1]}junkos-local-{found[2]}"
    is_pattern = found[3] in ("*", "{")
    assert [name for name in names if (name.startswith(wanted) if is_pattern else name == wanted)]


@pytest.mark.parametrize("table", [STATES, ERRORS])
def test_tables_are_called_so(table):
    tables = of_type(resources_of(synthesized("local")), "AWS::DynamoDB::Table").values()
    assert f"junkos-local-{table}" in {each["TableName"] for each in tables}
