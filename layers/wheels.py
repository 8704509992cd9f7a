"""Wheels from PyPI at the pinned versions, for a machine that need not be this one."""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from layers.target import Target

ROOT: Final = Path(__file__).resolve().parents[1]
REQUIREMENTS: Final = (ROOT / "lambdas/requirements.txt", ROOT / "layers/requirements.txt")
CACHE: Final = ROOT / ".build/wheels"


class LayerError(Exception):
    """A layer cannot be built; the message names what, why and the remedy."""


@cache
def pins() -> dict[str, str]:
    """Package name -> pinned version, from the requirements of functions and layers."""
    lines = "\n".join(path.read_text() for path in REQUIREMENTS)
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", lines, flags=re.MULTILINE))


def fetch(packages: Iterable[str], target: Target) -> dict[str, Path]:
    """The wheels of these packages at their pinned versions, downloaded where the cache lacks them."""
    return _fetch({package: pins()[package] for package in packages}, target)


def fetch_version(package: str, version: str, target: Target) -> Path:
    """The wheel of one version, for a package of which several are in use."""
    return _fetch({package: version}, target)[package]


def unpack(wheel: Path, destination: Path, place: Callable[[str], str | None]) -> None:
    """Writes every file of the wheel to where `place` says, leaving out those it answers None for."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            where = None if name.endswith("/") else place(name)
            if where is not None:
                file = destination / where
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(archive.read(name))


def importable(name: str) -> str | None:
    """Where a wheel's file belongs when the package is to be imported: metadata only as far as licences ask."""
    path = PurePosixPath(name)
    match path.parts[0].rpartition(".")[2]:
        case "data":  # command line scripts
            return None
        case "dist-info":
            return name if path.name == "METADATA" or path.parts[1] == "licenses" else None
    return name


def _fetch(versions: Mapping[str, str], target: Target) -> dict[str, Path]:
    folder = CACHE / str(target)
    missing = {package: version for package, version in versions.items() if _cached(package, version, folder) is None}
    if missing:
        _download(missing, target, folder)
    return {package: _found(package, version, folder) for package, version in versions.items()}


def _cached(package: str, version: str, folder: Path) -> Path | None:
    normalized = re.sub(r"[-_.]+", "_", package)
    return next(folder.glob(f"{normalized}-{version}-*.whl"), None)


def _found(package: str, version: str, folder: Path) -> Path:
    wheel = _cached(package, version, folder)
    if wheel is None:
        raise LayerError(f"pip brought no wheel of {package} {version}: check its pin")
    return wheel


def _download(versions: Mapping[str, str], target: Target, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    requirements = [f"{package}=={version}" for package, version in versions.items()]
    platforms = [option for platform in target.platforms for option in ("--platform", platform)]
    with tempfile.TemporaryDirectory(dir=CACHE) as unfinished:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
                   "--only-binary=:all:", "--no-deps", "--python-version", target.python_version,
                   *platforms, "--dest", unfinished, *requirements]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise LayerError(f"pip could not fetch {', '.join(requirements)} for {target}: {reason}")
        for wheel in Path(unfinished).iterdir():
            wheel.replace(folder / wheel.name)
