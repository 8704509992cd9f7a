"""An environment as it is deployed passes the checks of what is set: names and thresholds are the templates' own.

Its templates are made into an account's answers.  What only running shows (lines, metrics, deliveries) is not in them.
"""

import json
from functools import cache
from typing import Any

import pytest

from lambdas.checklist.checks import CHECKS
from lambdas.checklist.evaluate import evaluate
from lambdas.checklist.settings import Settings
from lambdas.shared.service import Here
from lambdas.vocabulary.checklist import Answer, Verdict
from tests.infra.conftest import WITH_ON_CALL, of_type, resources_of, synthesized
from tests.unit.lambdas.checklist.accounts import AT, Account, refusal

ACCOUNT, REGION = "123456789012", "us-east-1"
SET = {
    "log-retention",
    "log-protection",
    "saved-queries",
    "level-topics",
    "alarm-levels",
    "down-after-two",
    "slow-above-three-seconds",
    "error-rates-alarmed",
    "cpu-and-free-storage-alarmed",
    "runbooks",
    "latency-by-route",
    "latency-alarmed",
    "client-errors-apart",
    "cpu-and-memory-alarmed",
    "connections-alarmed",
    "dashboard",
    "security-events-counted",
    "security-events-alarmed",
    "guardduty-findings-notified",
    "account-changes-watched",
}
ON_CALL = {"down-again", "slow-again", "rotation-without-holes", "escalation"}
ON_RDS = {"cpu-and-free-storage-alarmed", "cpu-and-memory-alarmed"}
_NAMES = ("AlarmName", "TopicName", "QueueName", "TableName", "FunctionName", "BucketName", "LogGroupName")
_ARNS = {
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:",
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:",
}
_PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


class Deployed:
    """The resources of an environment, and the answers of an account that has them."""

    def __init__(self, environment: str) -> None:
        self.assembly = synthesized(environment)
        self.resources = resources_of(self.assembly)
        self.here = Here("local" if environment == "local" else "prod", "junkos")

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [self.resolved(stack, each) for (stack, _), each in of_type(self.resources, kind).items()]

    def resolved(self, stack: str, value: Any) -> Any:
        """`value` with what CloudFormation would put in place of references, as far as names are known."""
        found = value
        match value:
            case {"Ref": name} if name in _PSEUDO:
                found = _PSEUDO[name]
            case {"Ref": identifier} | {"Fn::GetAtt": [identifier, *_]} if (stack, identifier) in self.resources:
                found = self._physical(stack, identifier)
            case {"Fn::Join": [between, parts]}:
                found = between.join(str(self.resolved(stack, part)) for part in parts)
            case {"Fn::GetStackOutput": output}:
                found = self._output(output["StackName"], output["OutputName"])
            case dict():
                found = {key: self.resolved(stack, each) for key, each in value.items()}
            case list():
                found = [self.resolved(stack, each) for each in value]
        return found

    def _physical(self, stack: str, identifier: str) -> str:
        resource = self.resources[stack, identifier]
        named = resource.get("Properties", {})
        name = next((named[key] for key in _NAMES if isinstance(named.get(key), str)), identifier)
        return f"{_ARNS.get(resource['Type'], '')}{name}"

    def _output(self, stack: str, name: str) -> Any:
        (template,) = (each.template for each in self.assembly.stacks if each.stack_name == stack)
        return self.resolved(stack, template["Outputs"][name]["Value"])

    def account(self) -> Account:
        return Account(
            {
                "cloudwatch.describe_alarms": self._alarms(),
                "cloudwatch.get_dashboard": self._dashboard,
                "sns.list_subscriptions_by_topic": self._subscriptions,
                "lambda.get_function_configuration": self._function,
                "events.list_rules": {"Rules": self.of("AWS::Events::Rule")},
                "logs.describe_log_groups": self._groups,
                "logs.describe_metric_filters": {"metricFilters": self._filters()},
                "logs.describe_query_definitions": {"queryDefinitions": self._queries()},
                "rds.describe_db_instances": {"DBInstances": self.of("AWS::RDS::DBInstance")},
            }
        )

    def _alarms(self) -> dict[str, Any]:
        state = {"StateValue": "OK", "StateUpdatedTimestamp": AT}
        single = [{**each, **state} for each in self.of("AWS::CloudWatch::Alarm")]
        composite = [{**each, **state} for each in self.of("AWS::CloudWatch::CompositeAlarm")]
        return {"MetricAlarms": single, "CompositeAlarms": composite}

    def _dashboard(self, DashboardName: str) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        return next(each for each in self.of("AWS::CloudWatch::Dashboard") if each["DashboardName"] == DashboardName)

    def _subscriptions(self, TopicArn: str) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        found = [each for each in self.of("AWS::SNS::Subscription") if each["TopicArn"] == TopicArn]
        return {"Subscriptions": [{**each, "SubscriptionArn": f"{TopicArn}:1"} for each in found]}

    def _function(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        found = [each for each in self.of("AWS::Lambda::Function") if each.get("FunctionName") == FunctionName]
        if not found:
            raise refusal("ResourceNotFoundException")
        return {"Environment": found[0]["Environment"]}

    def _groups(self, logGroupNamePrefix: str) -> dict[str, Any]:  # noqa: N803  (AWS's name)
        return {
            "logGroups": [
                {
                    "logGroupName": each["LogGroupName"],
                    "retentionInDays": each.get("RetentionInDays"),
                    "dataProtectionStatus": "ACTIVATED" if each.get("DataProtectionPolicy") else None,
                }
                for each in self.of("AWS::Logs::LogGroup")
                if each["LogGroupName"].startswith(logGroupNamePrefix)
            ]
        }

    def _filters(self) -> list[dict[str, Any]]:
        return [
            {"metricTransformations": [{"metricName": one["MetricName"]} for one in each["MetricTransformations"]]}
            for each in self.of("AWS::Logs::MetricFilter")
        ]

    def _queries(self) -> list[dict[str, Any]]:
        found = self.of("AWS::Logs::QueryDefinition")
        return [{"name": each["Name"], "logGroupNames": each["LogGroupNames"]} for each in found]

    def settings(self) -> Settings:
        """As the function is deployed with them."""
        name = f"junkos-{self.here.name}-checklist"
        return Settings.from_environment(self._function(name)["Environment"]["Variables"])


@cache
def answers(environment: str) -> dict[str, Answer]:
    deployed = Deployed(environment)
    checks = [check for check in CHECKS if check.name in SET | ON_CALL]
    found = evaluate(checks, deployed.settings(), deployed.here, deployed.account().client, clock=lambda: AT)
    return {answer.check: answer for answer in found}


@pytest.mark.parametrize("name", sorted(SET))
def test_production_passes(name):
    answer = answers("prod")[name]
    assert answer.verdict is Verdict.PASS, answer.text


@pytest.mark.parametrize("name", sorted(ON_CALL))
def test_production_with_people_on_call_passes(name):
    answer = answers(WITH_ON_CALL)[name]
    assert answer.verdict is Verdict.PASS, answer.text


@pytest.mark.parametrize("name", sorted(SET - ON_RDS))
def test_database_elsewhere_passes(name):
    answer = answers("local")[name]
    assert answer.verdict is Verdict.PASS, answer.text


@pytest.mark.parametrize("name", sorted(ON_RDS))
def test_database_elsewhere_has_no_instance(name):
    answer = answers("local")[name]
    assert answer.verdict is Verdict.NOT_APPLICABLE
    assert "not an instance of RDS" in answer.text


def test_names_are_those_of_checks():
    assert {check.name for check in CHECKS} >= SET | ON_CALL


def test_subject_of_a_check_that_is_gone_fails_it():
    """So that none of these passes by looking at nothing."""
    deployed = Deployed("prod")
    (check,) = (each for each in CHECKS if each.name == "log-retention")
    empty = deployed.account().but(logs__describe_log_groups={"logGroups": []})
    (answer,) = evaluate([check], deployed.settings(), deployed.here, empty.client, clock=lambda: AT)
    assert answer.verdict is Verdict.FAIL
    assert json.loads(answer.to_json())["verdict"] == "fail"
