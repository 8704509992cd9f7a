"""Builds a layer, or finds it built: `build("postgresql_tools", "arm64", "3.13")` is a directory to zip."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from layers import (
    error_tracking,
    observability,
    postgres_client,
    postgresql_servers,
    postgresql_tools,
    probing,
    prometheus,
    sdk,
    time_zones,
)
from layers.binaries import is_program
from layers.store import built, source_key
from layers.target import Target, this_machine

_ASSEMBLE: Final[dict[str, Callable[[Path, Target], None]]] = {
    "error_tracking": error_tracking.assemble,
    "observability": observability.assemble,
    "postgres_client": postgres_client.assemble,
    "postgresql_servers": postgresql_servers.assemble,
    "postgresql_tools": postgresql_tools.assemble,
    "probing": probing.assemble,
    "prometheus": prometheus.assemble,
    "sdk": sdk.assemble,
    "time_zones": time_zones.assemble,
}
NAMES: Final = tuple(_ASSEMBLE)


def build(name: str, architecture: str, python_version: str) -> Path:
    """The directory of a finished layer; all its content lies in the folder `python` in there.

    The directory's name ends with a digest of what the layer is made from. Finding it takes milliseconds; building
    it needs the package index unless the wheels are cached. Raises LayerError with the reason and the remedy.
    """
    target = Target(architecture, python_version)
    return built(f"{name}-{target}-{source_key()}", partial(_fill, _ASSEMBLE[name], target))


def build_postgres_client(architecture: str, python_version: str, certificates: str) -> Path:
    """The layer `postgres_client` that trusts `certificates`, a PEM, instead of those of RDS."""
    target, digest = Target(architecture, python_version), hashlib.sha256(certificates.encode()).hexdigest()[:16]
    assemble = partial(postgres_client.assemble, certificates=certificates)
    return built(f"postgres_client-{target}-{source_key()}-{digest}", partial(_fill, assemble, target))


def import_path(name: str) -> Path:
    """What to append to `sys.path` to import the layer's packages in this very interpreter."""
    here = this_machine()
    return build(name, here.architecture, here.python_version) / "python"


def _fill(assemble: Callable[[Path, Target], None], target: Target, layer: Path) -> None:
    python = layer / "python"
    python.mkdir()
    assemble(python, target)
    for path in layer.rglob("*"):
        path.chmod(0o755 if path.is_dir() or is_program(path) else 0o644)
