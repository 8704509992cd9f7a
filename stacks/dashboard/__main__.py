"""Write the dashboard of an environment for Grafana, and its picture: `python -m stacks.dashboard prod`."""

import argparse
import sys
from pathlib import Path

from stacks.application import app_of
from stacks.dashboard.grafana import file_of
from stacks.dashboard.overview import dashboard_in
from stacks.dashboard.picture import picture_of
from stacks.settings import SettingsError, load

DOCUMENTS = Path("docs")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m stacks.dashboard", description=__doc__)
    parser.add_argument("environment", help="such as prod")
    name = parser.parse_args().environment
    try:
        definition = dashboard_in(app_of(load(name)))
    except SettingsError as error:
        sys.exit(str(error))
    for file, content in (
        (DOCUMENTS / "dashboard" / f"{name}.json", file_of(definition)),
        (DOCUMENTS / "dashboard" / f"{name}.svg", picture_of(definition)),
    ):
        file.write_text(content)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
