"""The account with the stacks deployed on it, as the demo and the end-to-end tests use it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

from emulator.account import ACCOUNT_ID, REGION, Account
from emulator.errors import EmulatorError
from emulator.waiting import wait_for
from lambdas.shared.clock import now
from lambdas.vocabulary.error_tracking import FRONT_URL
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import bucket_name, physical_name
from stacks.settings import Environment

POLL_SECONDS = 0.1
_ERROR = re.compile(r"\w*(Error|Exception)\b|\"level\": ?\"ERROR\"")


class InvocationError(Exception):
    """A function raised; `type` is its exception's name."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.type = kind


@dataclass(frozen=True)
class Stage:
    """One environment on a running account."""

    account: Account
    environment: Environment

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client of the account's root user."""
        variables = self.account.client_environment()
        return boto3.client(
            service,
            endpoint_url=self.account.endpoint_url,
            region_name=region,
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            config=Config(read_timeout=900, retries={"max_attempts": 0}),
        )

    @cached_property
    def _s3(self) -> Any:
        return self.client("s3")

    @cached_property
    def _lambda(self) -> Any:
        return self.client("lambda")

    @property
    def bucket(self) -> str:
        return bucket_name(self.environment, ACCOUNT_ID, REGION)

    def function(self, folder: str) -> str:
        return physical_name(self.environment, folder)

    def invoke(self, folder: str, **event: Any) -> Any:
        """Invoke a deployed function and return its answer; raises InvocationError when it raised."""
        response = self._lambda.invoke(FunctionName=self.function(folder), Payload=json.dumps(event))
        answer = json.load(response["Payload"])
        if "FunctionError" in response:
            raise InvocationError(answer.get("errorType", "Unknown"), answer.get("errorMessage", str(answer)))
        return answer

    def read(self, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def write(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def delete(self, key: str) -> None:
        self._s3.delete_object(Bucket=self.bucket, Key=key)

    def sizes(self, prefix: str) -> dict[str, int]:
        """The objects below `prefix` by their names there, in bytes."""
        contents = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", ())
        return {entry["Key"].removeprefix(prefix): entry["Size"] for entry in contents}

    def wait_for(self, key: str, seconds: float, *, writer: str = "restore_verification") -> bytes:
        """The object at `key` once it is there.

        Raises EmulatorError when it does not come in time, with the newest error of the function that should write it.
        """

        def written() -> bytes | None:
            try:
                return self.read(key)
            except self._s3.exceptions.NoSuchKey:
                return None

        if found := wait_for(written, seconds):
            return found
        raise EmulatorError(
            f"s3://{self.bucket}/{key} did not come within {seconds:.0f} s:"
            f" {self._newest_error(writer) or f'{writer} logged no error'} (see {self.account.child.log})"
        )

    def steps(self, folder: str, about: str, seconds: float) -> list[str]:
        """What the state machine of a function's name did with the event that says `about`, once it has ended.

        Empty where there is no such execution within so many seconds.
        """
        states, machine = self.client("stepfunctions"), self.function(folder)
        arn = f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:{machine}"

        def ended() -> str | None:
            found = states.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"]
            arns = [execution["executionArn"] for execution in found]
            return next((it for it in arns if about in states.describe_execution(executionArn=it)["input"]), None)

        execution = wait_for(ended, seconds)
        if execution is None:
            return []
        events = states.get_execution_history(executionArn=execution)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]

    def _newest_error(self, folder: str) -> str | None:
        lines = [line for message in self.messages(folder) for line in message.splitlines() if _ERROR.search(line)]
        return lines[-1][:300] if lines else None

    def logged(self, folder: str, text: str, *, within: float = 0) -> bool:
        """Whether the function's log group holds `text` `within` so many seconds: a run's lines come at its end."""
        group, logs = f"/aws/lambda/{self.function(folder)}", self.client("logs")

        def events() -> list[Any]:
            found: list[Any] = logs.filter_log_events(logGroupName=group, filterPattern=f'"{text}"', limit=1)["events"]
            return found

        return bool(wait_for(events, within))

    def log_lines(self, folder: str) -> list[dict[str, Any]]:
        """The structured lines of the function's log, oldest first."""
        return [json.loads(message) for message in self.messages(folder) if message.startswith("{")]

    def messages(self, folder: str) -> list[str]:
        """Everything that the function has logged, oldest first."""
        pages = self.client("logs").get_paginator("filter_log_events")
        events = pages.paginate(logGroupName=f"/aws/lambda/{self.function(folder)}")
        return [event["message"] for page in events for event in page["events"]]

    def newest_datapoint(self, metric: Metric, subject: Mapping[str, str] | None = None) -> float | None:
        """The newest value of a metric of `subject` (default: the database); None when the last hour has none."""
        subject = subject or {Dimension.DATABASE: self.environment.database.name}
        dimensions: dict[str, str] = {Dimension.ENVIRONMENT: self.environment.name, **subject}
        statistics = self.client("cloudwatch").get_metric_statistics(
            Namespace=self.environment.names.namespace,
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now() - timedelta(hours=1),
            EndTime=now() + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )
        points = sorted(statistics["Datapoints"], key=lambda point: point["Timestamp"])
        return float(points[-1]["Maximum"]) if points else None

    @cached_property
    def errors_front(self) -> str:
        """Where Sentry's clients reach the error tracker."""
        return self._output("errors", FRONT_URL)

    @property
    def dsn(self) -> str:
        """Of the first project that sends errors."""
        project = self.environment.errors.projects[0]
        scheme, _, address = self.errors_front.partition("://")
        return f"{scheme}://{project.keys[0]}@{address}/{project.number}"

    @cached_property
    def status_page_host(self) -> str:
        """The name of the status page's distribution on this machine, where `*.localhost` is the loopback."""
        url = self._output("status-page", "StatusPageUrl")
        return f"{urlsplit(url).netloc.partition('.')[0]}.cloudfront.localhost:{self.account.port}"

    def _output(self, part: str, name: str) -> str:
        stack = physical_name(self.environment, part)
        outputs = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        return next(str(output["OutputValue"]) for output in outputs if output["OutputKey"] == name)

    def public_page(self, name: str) -> bytes:
        """A file of the status page as the distribution serves it."""
        request = Request(f"{self.account.endpoint_url}/{name}", headers={"Host": self.status_page_host})  # noqa: S310
        with urlopen(request, timeout=10) as answer:  # noqa: S310  (the account on this machine)
            body: bytes = answer.read()
        return body

    def public_files(self) -> dict[str, bytes]:
        """All files of the status page, by name."""
        buckets = [bucket["Name"] for bucket in self._s3.list_buckets()["Buckets"]]
        (bucket,) = (name for name in buckets if name.startswith(physical_name(self.environment, "status-page")))
        names = [entry["Key"] for entry in self._s3.list_objects_v2(Bucket=bucket)["Contents"]]
        return {name: self.public_page(name) for name in names}
