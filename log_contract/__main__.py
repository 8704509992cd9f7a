"""Check a log against the contract: `python -m log_contract <file>`, or `-` for standard input.

For a backend's own tests, which need nothing but a copy of this package and Python; here it is `ops <environment> logs
check`.  Ends with 0 when every line keeps the contract, with 1 when one does not or there is none, with 2 when the file
cannot be read.
"""

import argparse
import os
import sys
from contextlib import ExitStack
from typing import BinaryIO

from log_contract.tally import Tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m log_contract", description=__doc__)
    parser.add_argument("file", help="a log with one JSON object per line; - is standard input")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="faults that are listed one by one")
    options = parser.parse_args()
    tally = Tally(options.show, lambda number, fault: print(f"line {number}: {fault}"))
    with ExitStack() as stack:
        try:
            lines: BinaryIO = sys.stdin.buffer if options.file == "-" else stack.enter_context(open(options.file, "rb"))  # noqa: PTH123  (a Path has no `-`)
            tally.read(lines)
            print("\n".join(tally.summary()))
        except BrokenPipeError:  # the reader, such as `head`, has stopped reading
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes what is left at its end
            return 1
        except OSError as error:
            print(f"{options.file}: cannot be read: {error.strerror} (name a file, or - for input)", file=sys.stderr)
            return 2
    return 0 if tally.holds else 1


if __name__ == "__main__":
    sys.exit(main())
