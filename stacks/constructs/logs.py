"""What is alike in every log group."""

from aws_cdk import aws_logs

# CloudWatch accepts these periods and no others; requirements ask for 30 to 90 days.
_RETENTION = {
    30: aws_logs.RetentionDays.ONE_MONTH,
    60: aws_logs.RetentionDays.TWO_MONTHS,
    90: aws_logs.RetentionDays.THREE_MONTHS,
}


def retention(days: int) -> aws_logs.RetentionDays:
    """The CDK's word for a number of days that the settings accept."""
    return _RETENTION[days]
