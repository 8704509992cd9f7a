"""Addresses that AWS gave at the deployment, as the stacks print them."""

from botocore.exceptions import ClientError

from lambdas.self_test.probe import Situation

_NOT_THERE = "ValidationError"
"""CloudFormation has no better code for a stack that does not exist."""


class NoOutputError(Exception):
    """The stack is not there, or prints no such address; one line."""


def address_of(situation: Situation, stack: str, output: str) -> str:
    """Raises NoOutputError, and what CloudFormation's client raises when it was not asked."""
    name = situation.name(stack)
    try:
        (found,) = situation.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != _NOT_THERE:
            raise
        raise NoOutputError(f"there is no stack {name}, and the settings ask for it (deploy it)") from None
    for each in found.get("Outputs", ()):
        if each["OutputKey"] == output:
            return str(each["OutputValue"])
    raise NoOutputError(f"stack {name} has no output {output} (deploy it again)")
