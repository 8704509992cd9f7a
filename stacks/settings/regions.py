"""The names of AWS's regions, as botocore knows them."""

import difflib
from functools import cache


def refuse_unknown_region(name: str) -> None:
    """Raise ValueError for what is no region of any partition."""
    if name not in (known := _regions()):
        near = difflib.get_close_matches(name, sorted(known), n=1)
        remedy = f"did you mean {near[0]}?" if near else "is it newer than the boto3 that requirements.txt pins?"
        raise ValueError(f"is no region of AWS; {remedy}")


@cache
def _regions() -> frozenset[str]:
    import botocore.session  # noqa: PLC0415  (it takes a tenth of a second, which only who reads a file should wait)

    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return frozenset(name for part in partitions for name in session.get_available_regions("s3", part))
