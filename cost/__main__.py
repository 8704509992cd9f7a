"""What an environment costs in a month: `python -m cost prod`.  Makes no AWS call."""

import argparse
import sys
from pathlib import Path

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.errors import CostError
from cost.report import report
from cost.templates import Templates
from stacks.settings import SettingsError, load


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m cost", description=__doc__)
    parser.add_argument("environment", help="such as prod")
    parser.add_argument("--environments", type=Path, help="the folder of its file; default: ENVIRONMENTS")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="another assumption")
    parser.add_argument("--details", action="store_true", help="what each line is made of")
    options = parser.parse_args()
    try:
        assumptions = Assumptions().with_values(options.set)
        templates = Templates.of(load(options.environment, options.environments))
        print(report(options.environment, month_of(templates, assumptions), details=options.details))
    except (CostError, SettingsError) as error:
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
