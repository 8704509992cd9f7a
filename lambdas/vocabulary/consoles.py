"""Where AWS's console is, by partition."""

_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}


def console_of(partition: str) -> str:
    """The console's host name, without a region before it."""
    return _CONSOLES.get(partition, "console.aws.amazon.com")
