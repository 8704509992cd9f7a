"""The programs that the benchmarks run, and what they are told."""

import shutil
from pathlib import Path

_INSTALLED = Path(__file__).parents[1] / ".build/bench-tools/bin"


class BenchError(Exception):
    """Nothing could be measured; the message says why and what to do."""


def tool(name: str) -> Path:
    """Where a program is: installed from `bench/requirements.txt`, or else of the system."""
    found = shutil.which(name, path=str(_INSTALLED)) or shutil.which(name)
    if found is None:
        raise BenchError(f"there is no program {name} (run `make bench`, which installs bench/requirements.txt)")
    return Path(found)


def has(name: str) -> bool:
    try:
        tool(name)
    except BenchError:
        return False
    return True
