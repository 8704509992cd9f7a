"""What does it cost?  Computed before it is deployed, charged afterwards."""

from stacks.dashboard.definition import Graph, Part, Series, Shown, Words
from stacks.dashboard.own import HOUR
from stacks.settings import Environment

BILLING_REGION = "us-east-1"
"""Where AWS keeps the charges of all regions."""
SERVICES = ("AmazonCloudWatch", "AWSLambda", "AmazonS3", "AmazonRDS", "AmazonGuardDuty")


def costs(environment: Environment) -> Part:
    text = (
        f"`make cost ENV={environment.name}` computes what this environment costs in a month, line by line, and"
        " docs/cost.md explains it.\n\nThe charges here are those of the **whole account** since the month began; they"
        " appear once billing alerts are switched on in the account's billing preferences."
    )
    charges = tuple(_charged(service) for service in SERVICES)
    return Part(
        "What does it cost?",
        "Good: less than ten dollars in a month besides the database.",
        (Words(text, width=8, height=5), Graph("Charged since the month began", charges, Shown.DOLLARS, width=16)),
    )


def _charged(service: str) -> Series:
    dimensions = (("ServiceName", service), ("Currency", "USD"))
    return Series("AWS/Billing", "EstimatedCharges", dimensions, "Maximum", 6 * HOUR, service, BILLING_REGION)
