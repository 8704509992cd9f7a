"""What stands twice, once in the infrastructure and once in the functions, must not drift apart."""

import ast
import importlib
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, is_scraped, namespace_of_scraped, namespace_of_text_lines
from lambdas.vocabulary.names import ServiceNames
from lambdas.vocabulary.runbooks import Runbook
from tests.infra.conftest import ENVIRONMENTS, of_type, resources_of, synthesized
from tests.permissions import Permissions

FOLDERS = sorted(path.parent.name for path in Path("lambdas").glob("*/handler.py"))
POWERTOOLS = {"POWERTOOLS_LOG_LEVEL"}  # read by the library, not by the settings
AT_DEPLOYMENT = {  # CloudFormation tells of these
    "database_access",
    "database_bootstrap",
    "database_settings",
    "default_security_groups",
    "first_run",
    "guardduty_detector",
}
SEEN_BY_THE_CALLER = {"operator_view", "operator_action", "load_test"}  # a person who waits for its answer
SEEN_BY_ANOTHER = {"checklist", "review", "self_test"}  # failed runs are dead letters; each misses the others' reports
SEEN_BY_ITS_STATE_MACHINE = {"point_in_time_check", "large_run"}  # which records or reports the failure
EXPIRING = {"errors-relay"}  # what a Sentry did not take in time is in the tracker anyway


def functions(resources):
    """Our own functions by folder; the CDK's helpers are not among them."""
    found = of_type(resources, "AWS::Lambda::Function").values()
    ours = [one for one in found if str(one["Handler"]).startswith("lambdas.")]
    return {one["Handler"].split(".")[1]: one for one in ours}


def test_folders_and_deployed_functions_match():
    """Every folder is deployed somewhere and every function has its folder."""
    deployed = {folder for name in ENVIRONMENTS for folder in functions(resources_of(synthesized(name)))}
    assert deployed == set(FOLDERS)


def test_folder_has_one_stack_file():
    """A folder has one file of its name in the stacks."""
    files = {path.stem for path in Path("stacks/functions").glob("*.py")} - {"__init__"}
    assert files == set(FOLDERS)


def test_folder_names_its_function(resources, assembly):
    """A folder is one function and gives it its name."""
    handlers = [one["Handler"] for one in of_type(resources, "AWS::Lambda::Function").values()]
    assert len(handlers) == len(set(handlers))
    environment = assembly.stacks[0].stack_name.split("-")[1]
    for folder, function in functions(resources).items():
        assert function["FunctionName"] == f"junkos-{environment}-{folder.replace('_', '-')}"


def test_function_gets_variables_it_reads(resources):
    """A function is given the variables that it reads."""
    for folder, function in functions(resources).items():
        settings = importlib.import_module(f"lambdas.{folder}.settings").Settings
        given = set(function["Environment"]["Variables"]) - POWERTOOLS
        known = {field.name.upper() for field in fields(settings)}
        needed = {field.name.upper() for field in fields(settings) if "None" not in str(field.type)}
        assert needed <= given <= known, folder


def metrics_of(alarm):
    """(namespace, name) of every metric that an alarm looks at; expressions look at others."""
    if "MetricName" in alarm:
        return {(alarm["Namespace"], alarm["MetricName"])}
    stats = [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]
    return {(metric["Namespace"], metric["MetricName"]) for metric in stats}


def test_alarm_watches_a_published_metric(resources, assembly):
    """An alarm watches a metric that somebody publishes."""
    namespace = ServiceNames().namespace
    of_text = namespace_of_text_lines(namespace, assembly.stacks[0].stack_name.split("-")[1])
    ours = {namespace, of_text, namespace_of_scraped(namespace)}
    for key, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        for namespace, name in metrics_of(alarm):
            known = is_scraped(namespace) or name in set(Metric)  # whose names are the backend's own
            assert namespace.startswith("AWS/") or (namespace in ours and known), key


def test_description_fits_longest_owner_and_address(resources):
    """CloudWatch takes 1 024 characters."""
    for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        for alarm in of_type(resources, kind).values():
            assert len(alarm["AlarmDescription"]) < 1024 - 2 * 200, alarm["AlarmName"]


def test_alarm_description_is_complete(resources):
    """An alarm says level owner runbook and what missing data means."""
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    assert alarms
    for key, alarm in alarms.items():
        described = AlarmDescription.from_text(alarm["AlarmDescription"])
        assert described.level in set(Level), key
        assert described.owner, key
        assert described.runbook.endswith(f"/{described.page}.md"), key
        assert Path("docs/runbooks", f"{described.page}.md").is_file(), key
        assert alarm["TreatMissingData"] in {"breaching", "notBreaching", "ignore"}, key
        raised, recovered = alarm.get("AlarmActions", []), alarm.get("OKActions", [])
        assert recovered == [it for it in raised if "fallback" not in json.dumps(it).lower()], key


@pytest.mark.parametrize("runbook", Runbook)
def test_every_runbook_is_written(runbook):
    assert Path(f"docs/runbooks/{runbook}.md").read_text().startswith("# ")


def test_every_log_group_has_a_retention(resources):
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert groups
    for key, group in groups.items():
        assert 30 <= group["RetentionInDays"] <= 90, key


def test_function_logs_to_own_group(resources):
    """A function logs to a group of ours."""
    for function in of_type(resources, "AWS::Lambda::Function").values():
        assert "LoggingConfig" in function, function.get("FunctionName")


def test_functions_send_failures_to_one_queue(resources, assembly):
    """Every function sends what it gave up to the one queue."""
    environment = assembly.stacks[0].stack_name.split("-")[1]
    names = Permissions(environment, {stack.stack_name: stack.template for stack in assembly.stacks})
    configured = of_type(resources, "AWS::Lambda::EventInvokeConfig")
    assert len(configured) == len(functions(resources))
    for (stack, _), one in configured.items():
        assert names.readable(stack, one["DestinationConfig"]["OnFailure"]["Destination"]) == "dead-letters"


def test_only_one_dead_letter_queue(resources, assembly):
    """One alarm watches it; what waits in another would be seen by nobody."""
    environment = assembly.stacks[0].stack_name.split("-")[1]
    names = Permissions(environment, {stack.stack_name: stack.template for stack in assembly.stacks})
    for (stack, logical_id), queue in of_type(resources, "AWS::SQS::Queue").items():
        if names.readable(stack, {"Ref": logical_id}) not in {"dead-letters", *EXPIRING}:
            assert names.readable(stack, queue["RedrivePolicy"]["deadLetterTargetArn"]) == "dead-letters"


def test_queue_accepts_the_environments_rules(resources, assembly):
    """The queue takes from the environments rules and from no other."""
    environment = assembly.stacks[0].stack_name.split("-")[1]
    documents = [one["PolicyDocument"] for one in of_type(resources, "AWS::SQS::QueuePolicy").values()]
    allowed = [it for document in documents for it in document["Statement"] if it["Effect"] == "Allow"]
    (rule,) = [it for it in allowed if it["Principal"] == {"Service": "events.amazonaws.com"}]
    assert f":rule/junkos-{environment}-*" in json.dumps(rule["Condition"]["ArnLike"]["aws:SourceArn"])


def test_functions_alarm_on_their_errors(resources):
    """Every function alarms on its errors but those that cloudformation waits for."""
    alarms = {alarm["AlarmName"] for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()}
    for folder, function in functions(resources).items():
        assert (f"{function['FunctionName']}-errors" in alarms) == (
            folder not in AT_DEPLOYMENT | SEEN_BY_THE_CALLER | SEEN_BY_ANOTHER | SEEN_BY_ITS_STATE_MACHINE
        ), folder


def test_common_function_failures_are_one_alarm(resources):
    """What may happen to any function is one alarm each."""
    found = of_type(resources, "AWS::CloudWatch::Alarm").values()
    watched = [alarm for alarm in found if "-functions-" in alarm["AlarmName"]]
    assert [(alarm["MetricName"], alarm["TreatMissingData"]) for alarm in watched] == [
        ("ApproximateNumberOfMessagesVisible", "notBreaching"),
        (Metric.NEARLY_OUT_OF_TIME, "notBreaching"),
        ("Throttles", "notBreaching"),
    ]
    assert "Dimensions" not in watched[-1]  # of the whole account: Lambda refuses by the account's concurrency


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_handler_reports_nearly_timed_out(folder):
    """And masks its answer: both by the one decorator."""
    (handler,) = [
        node
        for node in ast.walk(ast.parse(Path(f"lambdas/{folder}/handler.py").read_text()))
        if isinstance(node, ast.FunctionDef) and node.name == "handler"
    ]
    assert "logger.inject_lambda_context" in ast.unparse(handler.decorator_list[0])


def test_stacks_import_no_boto3_or_driver():
    """Composing the stacks needs neither boto3 nor a database driver."""
    code = "import sys, stacks.application;print([name for name in ('boto3', 'psycopg2') if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.strip() == "[]"
