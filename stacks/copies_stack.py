"""Copies of the backups in a second region, which the first one's loss does not reach."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.resources.copies_bucket import CopiesBucket
from stacks.settings import Environment


class CopiesStack(Stack):
    """A bucket and its key.  It has no function and no alarm: what lies in it is checked from the home region."""

    def __init__(self, scope: Construct, identifier: str, *, environment: Environment, **stack: Any) -> None:
        super().__init__(scope, identifier, **stack)
        self.key_arn = CopiesBucket(self, environment=environment, region=self.region).key_arn
