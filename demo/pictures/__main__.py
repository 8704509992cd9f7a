"""Write docs/pictures/ anew: `make pictures`, or `python -m demo.pictures`; needs Chromium and what tests need."""

import sys
from pathlib import Path

from cost.templates import Templates
from demo.pictures import architecture, slack, status_page
from demo.pictures.photograph import NoBrowserError, Scene, photograph
from stacks.settings import Environment, load

FOLDER = Path("docs/pictures")


def pictured() -> Environment:
    """Production as it would be with the people on call of this machine's environment: it names none of its own."""
    production, on_call = load("prod"), load("local").on_call
    if on_call is None:
        raise ValueError("environments/local.toml has nobody on call")
    return production.model_copy(update={"on_call": on_call.model_copy(update={"slack": None})})


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
    templates = Templates.of(pictured())
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
