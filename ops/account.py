"""The deployed environment, as the operator's own AWS credentials reach it."""

import getpass
import json
import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.catalogue import Catalogue
from lambdas.shared.reports import Reports
from lambdas.vocabulary.names import bucket_name, copies_bucket_name, physical_name
from lambdas.vocabulary.reports import bucket_of_reports
from ops.errors import OpsError, RefusedError, UsageError
from stacks.settings import Environment

LONGEST_FUNCTION = 900  # seconds


def operator() -> str:
    """The login name of whoever runs the command, or the number of a user whom the machine has no name for."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # before and since Python 3.13
        return f"user {os.getuid()}"


@dataclass(frozen=True)
class Account:
    """One environment in the account of the shell's credentials."""

    environment: Environment
    session: boto3.Session

    @classmethod
    def of(cls, environment: Environment) -> "Account":
        return cls(environment, boto3.Session(region_name=environment.region))

    def catalogue(self) -> Catalogue:
        """Its bucket of backups; raises RefusedError when the shell has no usable credentials."""
        bucket = bucket_name(self.environment, self.number(), self.environment.region)
        return Catalogue(self.client("s3"), bucket)

    def copies(self) -> Catalogue:
        """The copies of its backups in the second region; nothing of it, nor of what reads it, asks the first region.

        Raises UsageError where the environment has none, and as `catalogue` does.
        """
        region = self.environment.backups.copy_region
        if region is None:
            raise UsageError(
                f"environment {self.environment.name} keeps no copies of its backups"
                " (backups.copy_region names a region for them; docs/copies.md)"
            )
        there = Account(self.environment, boto3.Session(region_name=region))
        return Catalogue(there.client("s3"), copies_bucket_name(self.environment, there.number(), region))

    def reports(self) -> Reports:
        """Of checks, tests and reviews; raises as `catalogue` does."""
        bucket = bucket_of_reports(self.environment, self.number(), self.environment.region)
        return Reports(self.client("s3"), bucket)

    def number(self) -> str:
        """The AWS account's; raises RefusedError when the shell has no usable credentials."""
        try:
            return str(self.session.client("sts").get_caller_identity()["Account"])
        except (ClientError, BotoCoreError) as error:
            raise RefusedError(
                f"AWS does not know this shell: {error} (sign in, for example: aws sso login)"
            ) from error

    def client(self, service: str) -> Any:
        session: Any = self.session  # its types name each service one by one
        return session.client(service)

    def output(self, part: str, key: str) -> str:
        """What a stack prints under `key`; raises OpsError when it has no such output."""
        stack = physical_name(self.environment, part)
        found = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        if key not in outputs:
            raise OpsError(f"stack {stack} has no output {key} (deploy it again)")
        return str(outputs[key])

    def invoke(self, folder: str, **event: Any) -> Any:
        """A function's answer to what JSON can hold; raises OpsError with its own line when it raised."""
        # One call, however long it takes: a second one would be another backup.
        patient = Config(read_timeout=LONGEST_FUNCTION, retries={"max_attempts": 0})
        name = physical_name(self.environment, folder)
        response = self.session.client("lambda", config=patient).invoke(FunctionName=name, Payload=json.dumps(event))
        answer = json.load(response["Payload"])
        if "FunctionError" in response:
            raise OpsError(answer.get("errorMessage", f"{name} failed without a word: read its log"))
        return answer
