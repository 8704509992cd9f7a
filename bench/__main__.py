"""Speed and memory against the alternatives: `python -m bench [backup|verification|…]`."""

import argparse
import sys
from types import ModuleType

from bench import (
    backup,
    cold_start,
    error_digest,
    error_intake,
    load_test,
    probing,
    rota,
    source_maps,
    verification,
)
from bench.place import place
from bench.tools import BenchError
from emulator.errors import EmulatorError
from emulator.process import exit_on_signals

BENCHMARKS: dict[str, ModuleType] = {
    "backup": backup,
    "verification": verification,
    "cold_start": cold_start,
    "probing": probing,
    "error_intake": error_intake,
    "error_digest": error_digest,
    "source_maps": source_maps,
    "rota": rota,
    "load_test": load_test,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all when none is given"
    )
    parser.add_argument("--gigabytes", type=float, default=1.5, help="size of each database (default: %(default)s)")
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of which the median is taken (default: %(default)s)"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {min(unknown)} (there are {', '.join(BENCHMARKS)})")
    exit_on_signals()
    with place(options.gigabytes) as here:
        for name in options.names or BENCHMARKS:
            result = BENCHMARKS[name].measure(here, options.repeats)
            result.write()
            print(result.markdown(), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (BenchError, EmulatorError) as error:
        sys.exit(f"bench: {error}")
