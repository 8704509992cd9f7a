"""`docs/settings.md` says of every setting what the models say: its default, what is allowed and what it means."""

from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from stacks.settings import (
    Alerts,
    Api,
    Backups,
    CreatedDatabase,
    DatabaseCheck,
    Environment,
    ExistingDatabase,
    ExternalDatabase,
    Maintenance,
    MonitoredEndpoint,
    Objectives,
    Security,
    Uptime,
)
from stacks.settings.backups import Accepted
from stacks.settings.channels import RENDERED, EmailChannel, SlackChannel, SmsChannel
from stacks.settings.words import allowed_of, quoted, sections_of

DOCUMENT = Path("docs/settings.md")
SECTIONS = {
    "The environment": [Environment],
    "Every mode": [CreatedDatabase, ExistingDatabase, ExternalDatabase],
    '`mode = "create"`': [CreatedDatabase],
    '`mode = "existing"`': [ExistingDatabase],
    '`mode = "external"`': [ExternalDatabase],
    "`[backups]`": [Backups],
    "`[[backups.accepted]]`": [Accepted],
    "`[alerts]`": [Alerts],
    "`[[alerts.maintenance]]`": [Maintenance],
    '`kind = "email"`': [EmailChannel],
    '`kind = "sms"`': [SmsChannel],
    '`kind = "slack"`': [SlackChannel],
    **{f'`kind = "{kind}"`': [section] for kind, section in RENDERED.items()},
    "`[uptime]`": [Uptime],
    "`[[uptime.endpoints]]`": [MonitoredEndpoint],
    "`[database_check]`": [DatabaseCheck],
    "`[api]`": [Api],
    "`[objectives]`": [Objectives],
    "`[security]`": [Security],
}
EVERY_MODE = [
    name
    for name in CreatedDatabase.model_fields
    if name in ExistingDatabase.model_fields and name in ExternalDatabase.model_fields
]


def row(name, field):
    """The line that the document must have for a setting."""
    if field.default is PydanticUndefined:
        default = "required"
    else:
        default = "none" if field.default is None else f"`{quoted(field.default)}`"
    return f"| `{name}` | {default} | {allowed_of(field)} | {field.description} |"


def expected_rows(title):
    model = SECTIONS[title][0]
    fields = {name: field for name, field in model.model_fields.items() if not sections_of(field.annotation)}
    if title == "Every mode":
        fields = {name: fields[name] for name in EVERY_MODE if name != "mode"}
    elif "mode" in fields:
        fields = {name: field for name, field in fields.items() if name not in EVERY_MODE}
    return [row(name, field) for name, field in fields.items()]


def rows_under(title):
    sections = DOCUMENT.read_text().split("\n## ")
    section = next((text for text in sections if text.startswith(f"{title}\n")), "")
    return [line for line in section.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_setting_is_documented_as_it_is(title):
    assert rows_under(title) == expected_rows(title)


@pytest.mark.parametrize("model", dict.fromkeys(model for models in SECTIONS.values() for model in models))
def test_every_setting_says_what_it_means(model):
    for name, field in model.model_fields.items():
        assert field.description or name == "mode" or sections_of(field.annotation), name
