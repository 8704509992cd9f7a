"""Where AWS's console is, by partition."""

_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}


def console_of(partition: str) -> str:
    """The console's host name, without a region before it."""
    return _CONSOLES.get(partition, "console.aws.amazon.com")


def cloudwatch_in(region: str, partition: str) -> str:
    """The address of CloudWatch's console, without what it is to show, which follows after a `#`."""
    return f"https://{region}.{console_of(partition)}/cloudwatch/home?region={region}"


def partition_of(region: str) -> str:
    found = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((partition for begin, partition in found.items() if region.startswith(begin)), "aws")


def bucket_in(region: str, bucket: str) -> str:
    """The address of an object in S3's console, without the object's key, which follows at its end."""
    console = console_of(partition_of(region))
    return f"https://{region}.{console}/s3/object/{bucket}?region={region}&prefix="
