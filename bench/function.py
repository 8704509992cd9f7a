"""A function's environment on this machine: its settings, the layers on its path, nothing else of the project's."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.measure import Run, run
from bench.place import ROOT, Place
from emulator.process import unprivileged
from lambdas.shared.environment import FunctionSettings
from layers.build import NAMES, import_path

SECONDS = 900  # that a function may take at AWS


def layers() -> dict[str, Path]:
    """But for the SDK, which functions have from their runtime and instances alone from a layer."""
    return {name: import_path(name) for name in NAMES if name != "sdk"}


def environment_of(variables: Mapping[str, str], directory: Path, *paths: Path) -> dict[str, str]:
    """`variables` are the function's settings."""
    return {
        **variables,
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, [*paths, *layers().values()])),
        "PYTHONDONTWRITEBYTECODE": "1",  # a function's own folder cannot be written
        "TMPDIR": str(directory / "tmp"),
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def invoke(
    place: Place,
    folder: str,
    settings: FunctionSettings,
    event: Any,
    *,
    memory_mb: int,
    login: Mapping[str, str] | None = None,
) -> Run:
    """One cold invocation against the store; the run's `said` has its seconds after and in the initialization."""
    environment = {
        **environment_of(settings.to_environment(), place.directory, ROOT),
        **place.store.environment,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
    }
    return run(
        [*unprivileged(), sys.executable, "-m", "bench.run_function", folder],
        environment=environment,
        directory=place.directory,
        tell={"event": event, "seconds": SECONDS, "login": login},
    )
