"""What the functions of an environment run on."""

from layers.target import Target, this_machine
from stacks.settings import Environment


def target_of(environment: Environment) -> Target:
    """The environment's processor architecture and Python, with `host` resolved to this machine's."""
    host = this_machine()
    return Target(
        host.architecture if environment.architecture == "host" else environment.architecture,
        host.python_version if environment.python == "host" else environment.python,
    )
