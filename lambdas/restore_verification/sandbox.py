"""Keeping untrusted code away from the function's credentials.

Whatever a dump defines runs with a superuser's rights in the restore server, under the function's own uid.  The
server and the tools get an environment without anything of the function's; its own is read at `/proc/<pid>/environ`,
which the kernel closes to others of the same uid (and to debuggers) once the process is not dumpable.

On an instance the credentials are not in the environment: whoever asks 169.254.169.254 gets them.  There the server has
a network of its own, in which nothing is; it is reached by its socket, a file.
"""

import ctypes
import os
import signal
from pathlib import Path

from lambdas.vocabulary.large_runs import ON_INSTANCE

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_libc = ctypes.CDLL(None, use_errno=True)

ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
"""All that child processes are told."""


def hide_from_children() -> None:
    """Close this process's memory and environment to its children, and make it the parent of their orphans."""
    _prctl(_PR_SET_DUMPABLE, 0)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def begin_restricted() -> None:
    """Run in a child before its program starts: the parent's death, however it comes, is SIGQUIT to the child.

    On an instance the child reaches no network besides; raises OSError where the kernel refuses that.
    """
    if ON_INSTANCE in os.environ and _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, f"a network of its own was refused: {os.strerror(number)}")
    _prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def children() -> set[int]:
    """The ids of this process's children, ended ones that nobody waited for included."""
    return {int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent_of(path) == os.getpid()}


def end_children_except(spared: set[int]) -> None:
    """Kill every other child, and what falls to this process when its parent is gone, until none is left."""
    while unwanted := children() - spared:
        for process in unwanted:
            os.kill(process, signal.SIGKILL)
        for process in unwanted:
            os.waitpid(process, 0)


def _parent_of(process: Path) -> int | None:
    try:
        status = (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(status.rpartition(")")[2].split()[1])


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}) was refused: {os.strerror(number)}")
