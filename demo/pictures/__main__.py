"""Write docs/pictures/ anew: `make pictures`, or `python -m demo.pictures`; needs Chromium and what tests need."""

import sys
from pathlib import Path

from cost.templates import Templates
from demo.pictures import architecture, slack, status_page
from demo.pictures.photograph import NoBrowserError, Scene, photograph
from demo.pictures.production import production_with_on_call

FOLDER = Path("docs/pictures")


def drawn(templates: Templates) -> dict[str, str]:
    """The pictures that need no browser, by file."""
    return {"architecture.svg": architecture.picture_of(templates)}


def scenes(templates: Templates) -> dict[str, Scene]:
    """What is photographed, by file."""
    alarms = {
        alarm.properties["AlarmName"].split("-", 2)[2]: alarm.properties
        for alarm in templates.of_type("AWS::CloudWatch::Alarm")
    }
    return {"status-page.png": status_page.scene(), "slack.png": slack.scene(alarms)}


def main() -> int:
    templates = Templates.of(production_with_on_call())
    try:
        written = {name: text.encode() for name, text in drawn(templates).items()}
        written |= {name: photograph(scene) for name, scene in scenes(templates).items()}
    except NoBrowserError as error:
        sys.exit(str(error))
    for name, content in written.items():
        (FOLDER / name).write_bytes(content)
        print(FOLDER / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
