import functools
import io
import json
import zipfile

import boto3
import pytest
from botocore.config import Config

from emulator import account
from emulator.account import ACCOUNT_ID, REGION
from emulator.alarm_clock import AlarmClock
from tests.integration.emulator.alarm_drill import DIMENSIONS, Inbox
from tests.integration.emulator.waiting import until

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/anything"


@pytest.fixture(scope="module")
def account_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("account")


@pytest.fixture(scope="module")
def running(account_folder):
    with account.running(account_folder) as running:
        yield running


@pytest.fixture(scope="session")
def client_of():
    def of(running, service, key=ACCOUNT_ID, secret="test"):  # noqa: S107  what MiniStack takes from the root user
        return boto3.client(
            service,
            endpoint_url=running.endpoint_url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 0}),
        )

    return of


@pytest.fixture(scope="module")
def client(running, client_of):
    return functools.cache(functools.partial(client_of, running))


@pytest.fixture
def function(client, request):
    """Deploys a handler's source as a function and returns a way to invoke it."""
    name = request.node.name.replace("[", "-").replace("]", "")[:60]

    def deploy(source, **options):
        client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=ROLE,
            Handler="code.handler",
            Code={"ZipFile": archive({"code.py": (source, 0o644)})},
            **options,
        )
        return Function(client, name)

    yield deploy
    client("lambda").delete_function(FunctionName=name)


@pytest.fixture
def clock(running):
    clock = AlarmClock(running)
    clock.pause()
    return clock


@pytest.fixture
def inbox(client, request):
    """A topic and a way to read what a queue that is subscribed to it received."""
    name = request.node.name[:60].replace("[", "-").replace("]", "")
    topic = client("sns").create_topic(Name=name)["TopicArn"]
    queue = client("sqs").create_queue(QueueName=name)["QueueUrl"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}")
    return Inbox(client("sqs"), topic, queue)


@pytest.fixture
def put_alarm(client, inbox):
    """Puts an alarm on the maximum of the metric of its own name, or on what `properties` say."""

    def put(name, **properties):
        common = {
            "AlarmName": name,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "AlarmActions": [inbox.topic],
            "OKActions": [inbox.topic],
        }
        if "Metrics" not in properties:
            common |= {"Namespace": "Drill", "MetricName": name, "Dimensions": DIMENSIONS, "Period": 60}
            common |= {} if "ExtendedStatistic" in properties else {"Statistic": "Maximum"}
        if "ThresholdMetricId" not in properties:
            common["Threshold"] = 1.0
        client("cloudwatch").put_metric_alarm(**common | properties)
        return name

    return put


class Function:
    def __init__(self, client, name):
        self._lambda, self._logs, self.name = client("lambda"), client("logs"), name
        self.arn = self._lambda.get_function(FunctionName=name)["Configuration"]["FunctionArn"]

    def invoke(self, event=None):
        """The answer, or the error's payload, and whether it is an error."""
        response = self._lambda.invoke(FunctionName=self.name, Payload=json.dumps(event))
        return json.load(response["Payload"]), "FunctionError" in response

    def lines(self):
        group = f"/aws/lambda/{self.name}"
        groups = self._logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        events = self._logs.filter_log_events(logGroupName=group)["events"] if groups else []
        return [event["message"] for event in events]

    def line(self, start):
        """The log's first line that starts so, once there is one."""
        return until(lambda: next((line for line in self.lines() if line.startswith(start)), None))


def archive(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for path, (text, mode) in files.items():
            info = zipfile.ZipInfo(path)
            info.external_attr = mode << 16
            packed.writestr(info, text)
    return content.getvalue()
