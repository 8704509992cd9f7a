"""ARNs of things in this account and region by their names, so that two stacks need not wait for each other."""

from aws_cdk import ArnFormat, Stack
from constructs import Construct


def arn_of(
    scope: Construct, service: str, resource: str, name: str, arn_format: ArnFormat = ArnFormat.COLON_RESOURCE_NAME
) -> str:
    return Stack.of(scope).format_arn(service=service, resource=resource, resource_name=name, arn_format=arn_format)


def arn_of_function(scope: Construct, name: str) -> str:
    return arn_of(scope, "lambda", "function", name)


def arn_of_table(scope: Construct, name: str) -> str:
    return arn_of(scope, "dynamodb", "table", name, ArnFormat.SLASH_RESOURCE_NAME)


def arn_of_bucket(scope: Construct, name: str) -> str:
    """No bucket's ARN has an account or a region in it."""
    return f"arn:{Stack.of(scope).partition}:s3:::{name}"
