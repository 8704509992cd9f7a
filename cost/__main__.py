"""Write an environment's bill into a document: `python -m cost prod docs/cost.md`.  `ops prod cost` prints it."""

import sys
from pathlib import Path

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.errors import CostError
from cost.report import put_into, report
from cost.templates import Templates
from stacks.settings import SettingsError, load


def write(environment: str, file: Path) -> None:
    month = month_of(Templates.of(load(environment)), Assumptions())
    file.write_text(put_into(file.read_text(), report(environment, month, details=False)))


if __name__ == "__main__":
    try:
        write(sys.argv[1], Path(sys.argv[2]))
    except (CostError, SettingsError) as error:
        sys.exit(str(error))
