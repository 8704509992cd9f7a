"""What ends a command, and with which exit code.

OpsError             1  something is wrong there, or the work was not done
├── UsageError       2  the command, an environment file or a file of this machine is not what it must be
└── RefusedError     3  AWS or a database refused, or did not answer
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Documented in `docs/ops.md`."""

    DONE = 0
    WRONG = 1
    USAGE = 2
    REFUSED = 3
    STOPPED = 130
    """By Ctrl-C, as shells have it."""


class OpsError(Exception):
    """One line for the operator: what, why, and what to do."""

    code = ExitCode.WRONG


class UsageError(OpsError):
    code = ExitCode.USAGE


class RefusedError(OpsError):
    code = ExitCode.REFUSED
