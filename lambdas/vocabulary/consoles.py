"""Where AWS's console is, by partition."""

_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}


def console_of(partition: str) -> str:
    """The console's host name, without a region before it."""
    return _CONSOLES.get(partition, "console.aws.amazon.com")


def cloudwatch_in(region: str, partition: str) -> str:
    """The address of CloudWatch's console, without what it is to show, which follows after a `#`."""
    return f"https://{region}.{console_of(partition)}/cloudwatch/home?region={region}"
