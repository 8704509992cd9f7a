"""PostgreSQL's dump tools of every major version, which run from wherever this package lies.

They look for their libraries beside themselves and need no environment variable.
"""

import subprocess
from pathlib import Path

_FOLDER = Path(__file__).parent
MAJORS = tuple(sorted(int(folder.name) for folder in _FOLDER.iterdir() if folder.name.isdigit()))


def program(name: str, major: int) -> Path:
    """`pg_dump`, `pg_dumpall` or `pg_restore` of a major version."""
    return _FOLDER / str(major) / name


def version(name: str, major: int) -> str:
    """The program's version, such as `18.6`."""
    command = [str(program(name, major)), "--version"]
    text: str = subprocess.run(command, capture_output=True, text=True, check=True, env={}).stdout
    return text.rsplit(maxsplit=1)[-1]
