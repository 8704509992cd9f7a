"""The process that an instance is: `python -m emulator.machine <script> <its folder>`.

It runs the script and is there until it is sent SIGTERM, by `shutdown` or from outside, or until its parent is gone,
which holds the other end of its standard input.  Then all that came of the script is killed.
"""

import os
import signal
import subprocess
import sys
from types import FrameType

from lambdas.restore_verification.sandbox import end_children_except, hide_from_children


def main(script: str, folder: str) -> None:
    hide_from_children()  # also makes it the parent of whatever the script leaves behind
    signal.signal(signal.SIGTERM, _leave)
    try:
        subprocess.Popen(
            ["bash", script],  # noqa: S607  (on this machine's PATH)
            cwd=folder,
            env={**os.environ, "MACHINE": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        sys.stdin.buffer.read()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end_children_except(set())


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit()


if __name__ == "__main__":
    main(*sys.argv[1:])
