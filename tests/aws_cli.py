"""The real AWS CLI, for commands of the documentation: it comes in a package that the CDK depends on."""

import importlib.resources
import io
import sys
import tarfile
import zipfile
from pathlib import Path

from layers.store import built

_FOLDER = importlib.resources.files("aws_cdk.asset_awscli_v1._jsii")


def command_in(folder: Path) -> Path:
    """Puts the command `aws` into `folder`, and returns that: what to put in front of the path."""
    folder.mkdir(parents=True, exist_ok=True)
    command = folder / "aws"
    # By an option: of the variable this version knows nothing for RDS.
    endpoint = '${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"}'
    command.write_text(f'#!/bin/sh\nPYTHONPATH={_packages()} exec {sys.executable} -m awscli {endpoint} "$@"\n')
    command.chmod(0o755)
    return folder


def _packages() -> Path:
    (archive,) = [it for it in _FOLDER.iterdir() if it.name.endswith(".jsii.tgz")]
    version = archive.name.removeprefix("asset-awscli-v1@").removesuffix(".jsii.tgz")
    return built(f"aws-cli-{version}", lambda folder: _unpack(archive, folder)) / "awscli"


def _unpack(archive, folder: Path) -> None:
    with archive.open("rb") as stream, tarfile.open(fileobj=stream) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
    zipfile.ZipFile(io.BytesIO(layer)).extractall(folder)  # noqa: S202  (of a pinned package)
