"""What an instance of a large run does: the script that it is started with, its user data."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lambdas.vocabulary.large_runs import LARGE_RUN_FAILED, LOG, RESULT

LARGEST: Final = 16 * 1024
"""Bytes of user data that EC2 takes, before they are encoded."""
_SCRIPT: Final = Path(__file__).with_name("instance.sh")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Instructions:
    """What one run is to do, and with what."""

    function: str
    """Its folder, such as `restore_verification`."""
    event: str
    """JSON, as the function would get it."""
    variables: Mapping[str, str]
    """The function's environment variables; whoever may describe the instance can read them: they hold no secret."""
    code: str
    """`s3://…` of the zipped code."""
    layers: tuple[str, ...]
    """`s3://…` of each zipped layer, the SDK's among them."""
    python: str
    """Such as `3.13`."""
    region: str
    results: str
    """`s3://bucket/…/`, where log and result are put; its last part names the run."""
    seconds: int
    """Until the run must have ended, from the script's start on."""


def user_data(instructions: Instructions) -> str:
    """A bash script that does the run, puts its log and its result at `results`, and shuts the instance down.

    Raises ValueError when it is more than an instance takes, or a variable's name is none.
    """
    bad = [name for name in instructions.variables if not _NAME.fullmatch(name)]
    if bad:
        raise ValueError(f"{bad[0]!r} is no name of an environment variable")
    single = {
        "function": instructions.function,
        "event": instructions.event,
        "code": instructions.code,
        "python": instructions.python,
        "region": instructions.region,
        "results": instructions.results,
        "seconds": str(instructions.seconds),
        "log": LOG,
        "result": RESULT,
        "failed": LARGE_RUN_FAILED,
    }
    several = {
        "layers": instructions.layers,
        "variables": [f"{name}={value}" for name, value in sorted(instructions.variables.items())],
    }
    given = [f"{name}={shlex.quote(value)}" for name, value in single.items()]
    given += [f"{name}=({shlex.join(values)})" for name, values in several.items()]
    script = "\n".join(["#!/bin/bash", *given, _SCRIPT.read_text()])
    if (size := len(script.encode())) > LARGEST:
        raise ValueError(f"the instance's script has {size} bytes, and EC2 takes {LARGEST} (shorten the settings)")
    return script
