"""What a layer is built for: a processor architecture and a Python version."""

import platform
import sys
from dataclasses import dataclass
from typing import Final

# Lambda's word for an architecture -> the word of wheels and of the kernel.
MACHINES: Final = {"x86_64": "x86_64", "arm64": "aarch64"}
# Lambda's Python 3.12 and later run on Amazon Linux 2023, whose glibc is 2.34.
_PLATFORMS: Final = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")


@dataclass(frozen=True)
class Target:
    """A processor architecture in Lambda's words (`x86_64`, `arm64`) and a Python version such as `3.13`."""

    architecture: str
    python_version: str

    def __post_init__(self) -> None:
        if self.architecture not in MACHINES:
            known = " or ".join(MACHINES)
            raise ValueError(f"architecture {self.architecture!r} is unknown to Lambda: use {known}")

    @property
    def machine(self) -> str:
        return MACHINES[self.architecture]

    @property
    def platforms(self) -> tuple[str, ...]:
        """The wheel platform tags that run there."""
        return tuple(f"{platform_}_{self.machine}" for platform_ in _PLATFORMS)

    def __str__(self) -> str:
        return f"{self.architecture}-{self.python_version}"


def this_machine() -> Target:
    """This machine's architecture and the running interpreter's version."""
    machine = platform.machine()
    architecture = next((ours for ours, theirs in MACHINES.items() if machine in (ours, theirs)), machine)
    return Target(architecture, f"{sys.version_info.major}.{sys.version_info.minor}")
