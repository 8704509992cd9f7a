"""Packages as purls, which name ecosystem, package and version alike for every source.

https://github.com/package-url/purl-spec
"""

import re
from urllib.parse import quote


def purl(ecosystem: str, name: str, version: str) -> str:
    """`pkg:npm/%40scope/name@1.0.0`; PyPI's names are lower case, with dashes."""
    if ecosystem == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    parts = "/".join(quote(part, safe="") for part in name.split("/"))
    return f"pkg:{ecosystem}/{parts}@{quote(version, safe='')}"


def is_versioned(text: str) -> bool:
    """Whether it is a purl with a version: without one a database answers for every version there ever was."""
    return re.fullmatch(r"pkg:[a-z0-9.+-]+/[^@\s]+@[^@\s?#]+([?#]\S*)?", text) is not None
