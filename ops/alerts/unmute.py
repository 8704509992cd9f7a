"""`unmute`: end what `mute` began; what is in alarm is told at once."""

import argparse
from typing import Any

from lambdas.shared.quantities import counted
from ops.alerts.mute_rules import remove
from stacks.settings import Environment


def add_arguments(command: argparse.ArgumentParser) -> None:
    """There are none."""


def run(cloudwatch: Any, environment: Environment, options: argparse.Namespace) -> bool:  # noqa: ARG001  (all commands are alike)
    count = remove(cloudwatch, environment)
    removed = f"{counted(count, 'mute rule')} removed; windows of the environment file stay"
    print(removed if count else "nothing was muted by hand")
    return True
