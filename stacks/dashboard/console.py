"""Where CloudWatch's console is in a region."""

from aws_cdk.region_info import RegionInfo

from lambdas.vocabulary.consoles import cloudwatch_in


def console_in(region: str) -> str:
    """Its address, without what it is to show."""
    return cloudwatch_in(region, RegionInfo.get(region).partition or "aws")
