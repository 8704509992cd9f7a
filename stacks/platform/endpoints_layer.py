"""The endpoints of an environment, as the package that the probing function reads them from."""

import hashlib
import json
from pathlib import Path

from aws_cdk import aws_lambda
from constructs import Construct

from lambdas.health_check.endpoints import AUTHORITIES, ENDPOINTS, PACKAGE
from lambdas.status_page.look import Logo
from lambdas.vocabulary.names import physical_name
from stacks.platform.authorities import certificates_in
from stacks.platform.function import ROOT
from stacks.settings import Environment

BUILT = ROOT / ".build" / "endpoints"


def endpoints_layer(scope: Construct, environment: Environment, *, logo: Logo | None = None) -> aws_lambda.LayerVersion:
    """A layer, since a thousand endpoints do not fit into the 4 KB of a function's variables.

    `logo` goes with them to the function that publishes it.

    Raises SettingsError when the file of further certificate authorities cannot be read.
    """
    return aws_lambda.LayerVersion(
        scope,
        "Endpoints",
        layer_version_name=physical_name(environment, "endpoints"),
        code=aws_lambda.Code.from_asset(str(_written(environment, logo))),
    )


def _written(environment: Environment, logo: Logo | None) -> Path:
    """A folder named by what it holds, so that equal endpoints are one layer version."""
    files = {
        "__init__.py": "",
        ENDPOINTS: json.dumps([each.written() for each in environment.uptime.endpoints], indent=1),
    }
    if environment.uptime.authorities:
        files[AUTHORITIES] = certificates_in("uptime.authorities", environment.uptime.authorities)
    named = files | ({logo.file_name: logo.name} if logo else {})  # whose name says what is in it
    digest = hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:16]
    folder = BUILT / digest / "python" / PACKAGE
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    if logo:
        (folder / logo.file_name).write_bytes(logo.content)
    return BUILT / digest
