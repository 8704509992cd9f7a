"""Findings of the checks that run over every template, where they are accepted and why."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accept findings of cdk-nag's AwsSolutions on `construct` and below: rule (`RDS11`) to reason.

    A rule that has several findings is accepted by each of them: `IAM5[Resource::*]`.
    """
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))
