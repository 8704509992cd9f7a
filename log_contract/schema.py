"""The contract as JSON Schema: `docs/schemas/log-line.schema.json` is what this writes."""

from typing import Any

from lambdas.shared.log_contract.fields import FIELDS
from lambdas.vocabulary.log_contract import IN_EVERY_LINE, REQUIRED, Event, Field


def schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of the API's log",
        "type": "object",
        "properties": _properties(Field),
        **_required(IN_EVERY_LINE),
        "allOf": [_where(event) for event in Event if REQUIRED[event]],
    }


def _where(event: Event) -> dict[str, Any]:
    condition = {"properties": {"event": {"const": str(event)}}, "required": ["event"]}
    nested = {name.partition(".")[0] for name in REQUIRED[event] if "." in name}
    inner = {
        "properties": {
            outer: {"required": [name.partition(".")[2] for name in REQUIRED[event] if name.startswith(f"{outer}.")]}
            for outer in sorted(nested)
        }
    }
    return {"if": condition, "then": {**(inner if nested else {}), **_required(REQUIRED[event])}}


def _required(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {"required": list(dict.fromkeys(name.partition(".")[0] for name in fields))}


def _properties(fields: type[Field]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        outer, _, inner = field.partition(".")
        if inner:
            found.setdefault(outer, {"type": "object", "properties": {}})["properties"][inner] = FIELDS[field].schema()
        else:
            found[outer] = FIELDS[field].schema()
    return found
