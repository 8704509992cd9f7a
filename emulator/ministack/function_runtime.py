"""The interpreter of functions: this Python with what AWS's runtime brings, and nothing of this project."""

import os
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

# boto3 and what it needs, as in AWS's Python runtimes.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")


def interpreter() -> Path:
    """Make a virtual environment in the account's temporary folder; returns its Python."""
    folder = Path(os.environ["TMPDIR"]) / "runtime"
    venv.create(folder, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    for name in RUNTIME_PACKAGES:
        _link(name, packages)
    return folder / "bin" / "python"


def _link(name: str, packages: Path) -> None:
    """Link every top-level file and folder of an installed distribution into `packages`."""
    installed = distribution(name)
    tops = {file.parts[0] for file in installed.files or () if file.parts[0] not in ("..", "__pycache__")}
    for top in tops:
        (packages / top).symlink_to(str(installed.locate_file(top)))
