"""The names of AWS's regions, as botocore knows them."""

import difflib
from functools import cache


def refuse_unknown_region(name: str) -> None:
    """Raise ValueError for what is no region of any partition."""
    if name not in (known := _partitions()):
        near = difflib.get_close_matches(name, sorted(known), n=1)
        remedy = f"did you mean {near[0]}?" if near else "is it newer than the boto3 that requirements.txt pins?"
        raise ValueError(f"is no region of AWS; {remedy}")


def partition_of(region: str) -> str:
    """AWS's own word for the part of the world that shares nothing with the others, such as `aws-cn`."""
    return _partitions()[region]


@cache
def _partitions() -> dict[str, str]:
    """By region."""
    import botocore.session  # noqa: PLC0415  (it takes a tenth of a second, which only who reads a file should wait)

    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return {name: part for part in partitions for name in session.get_available_regions("s3", part)}
