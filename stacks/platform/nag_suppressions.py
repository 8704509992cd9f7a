"""Findings of the checks that run over every template, where they are accepted and why."""

from collections.abc import Iterable
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accept findings of cdk-nag's AwsSolutions on `construct` and below: rule (`RDS11`) to reason.

    A rule that has several findings is accepted by each of them: `IAM5[Resource::*]`.
    """
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))


def acknowledge_warning(construct: IConstruct, warning: str, reason: str) -> None:
    """Accept a warning of the CDK itself on `construct` and below, so that those that matter are seen."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"Annotation::{warning}", reason=reason))


def acknowledge_wildcards(construct: IConstruct, arns: Iterable[str], reason: str) -> None:
    """Accept that policies on `construct` and below name these resources by a pattern."""
    written = {_as_cdk_nag_writes(Stack.of(construct).resolve(arn)) for arn in arns}
    acknowledge(construct, {f"IAM5[Resource::{arn}]": reason for arn in sorted(written) if "*" in arn})


def _as_cdk_nag_writes(value: Any) -> str:
    """`<LogicalId.Arn>/*` for the join of an attribute and a text."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_as_cdk_nag_writes, parts))
        case {"Fn::GetAtt": [logical_id, attribute]}:
            return f"<{logical_id}.{attribute}>"
        case {"Ref": logical_id}:
            return f"<{logical_id}>"
        case _:
            return str(value)
