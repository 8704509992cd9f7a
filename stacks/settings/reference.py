"""The tables of `docs/settings.md`, as the models of the settings have them."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from stacks.settings import (
    Alerts,
    Api,
    Backups,
    CreatedDatabase,
    DatabaseCheck,
    Environment,
    ErrorProject,
    ErrorTracking,
    ExistingDatabase,
    ExternalDatabase,
    LoadedRoute,
    LoadTest,
    Maintenance,
    MonitoredEndpoint,
    Objectives,
    OnCall,
    PrometheusEndpoint,
    PrometheusSeries,
    RecordedDeployment,
    Reviews,
    Security,
    Uptime,
)
from stacks.settings.backups import Accepted, LargeRuns, PointInTimeDrill
from stacks.settings.channels import RENDERED, EmailChannel, SlackChannel, SmsChannel
from stacks.settings.checklist import Attested, Waived
from stacks.settings.on_call import (
    Escalation,
    OnCallOverride,
    OnCallPerson,
    OnCallSlack,
    OnCallStep,
    Reminders,
)
from stacks.settings.words import allowed_of, fields_of, quoted, sections_of

SECTIONS: dict[str, type[BaseModel]] = {
    "The environment": Environment,
    "Every mode": CreatedDatabase,
    '`mode = "create"`': CreatedDatabase,
    '`mode = "existing"`': ExistingDatabase,
    '`mode = "external"`': ExternalDatabase,
    "`[backups]`": Backups,
    "`[[backups.accepted]]`": Accepted,
    "`[backups.point_in_time_drill]`": PointInTimeDrill,
    "`[backups.large_runs]`": LargeRuns,
    "`[alerts]`": Alerts,
    "`[[alerts.maintenance]]`": Maintenance,
    '`kind = "email"`': EmailChannel,
    '`kind = "sms"`': SmsChannel,
    '`kind = "slack"`': SlackChannel,
    **{f'`kind = "{kind}"`': section for kind, section in RENDERED.items()},
    "`[uptime]`": Uptime,
    "`[[uptime.endpoints]]`": MonitoredEndpoint,
    "`[database_check]`": DatabaseCheck,
    "`[api]`": Api,
    "`[[api.prometheus]]`": PrometheusEndpoint,
    "`[[api.prometheus.series]]`": PrometheusSeries,
    "`[objectives]`": Objectives,
    "`[security]`": Security,
    "`[errors]`": ErrorTracking,
    "`[[errors.projects]]`": ErrorProject,
    "`[[errors.deployments]]`": RecordedDeployment,
    "`[[checklist.waivers]]`": Waived,
    "`[[checklist.attestations]]`": Attested,
    "`[reviews]`": Reviews,
    "`[on_call]`": OnCall,
    "`[[on_call.person]]`": OnCallPerson,
    "`[[on_call.override]]`": OnCallOverride,
    "`[[on_call.step]]`": OnCallStep,
    "`[on_call.escalation]`": Escalation,
    "`[on_call.remind_minutes]`": Reminders,
    "`[on_call.slack]`": OnCallSlack,
    "`[load_test]`": LoadTest,
    "`[[load_test.routes]]`": LoadedRoute,
}
"""The model that each section of the document describes, by its heading."""
_MODES = (CreatedDatabase, ExistingDatabase, ExternalDatabase)
_EVERY_MODE = [name for name in CreatedDatabase.model_fields if all(name in mode.model_fields for mode in _MODES)]
_HEADING, _ROW = "\n## ", "| `"
_HEAD = ["| setting | default | allowed | meaning |", "|---|---|---|---|"]


def put_into(document: str) -> str:
    """`document` with the rows of its tables of settings as the models have them.

    Raises KeyError for such a table under a heading that no model is listed for.
    """
    introduction, *sections = document.split(_HEADING)
    return _HEADING.join([introduction, *map(_with_rows, sections)])


def _with_rows(section: str) -> str:
    title, *lines = section.split("\n")
    if _HEAD[0] not in lines:
        return section
    first = lines.index(_HEAD[0]) + len(_HEAD)
    after = next((number for number in range(first, len(lines)) if not lines[number].startswith(_ROW)), len(lines))
    return "\n".join([title, *lines[:first], *_rows(title), *lines[after:]])


def _rows(title: str) -> Iterator[str]:
    for name, field in fields_of(SECTIONS[title]).items():
        in_every_mode = name in _EVERY_MODE and SECTIONS[title] in _MODES
        if sections_of(field.annotation) or name == "mode" or in_every_mode is not (title == "Every mode"):
            continue
        yield f"| `{name}` | {_default(field)} | {allowed_of(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    return "none" if field.default is None else f"`{quoted(field.default)}`"
