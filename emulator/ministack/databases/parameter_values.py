"""A parameter group refuses what RDS refuses in its family, as far as that is known; MiniStack takes any value."""

from typing import Any

from ministack.services import rds

from stacks.settings.parameter_families import ALLOWED

_apply = rds._apply_parameter_group_changes


def register() -> None:
    rds._apply_parameter_group_changes = apply


def apply(group: str, changes: list[tuple[str, str, str]]) -> Any:
    """What is wrong with the first of the changes, as RDS answers it; else what MiniStack finds."""
    family = rds._param_groups.get(group, {}).get("DBParameterGroupFamily", "")
    allowed = ALLOWED.get(family, {})
    for name, value, _method in changes:
        if name in allowed and not allowed[name].takes(value):
            text = f"Invalid parameter value: {value} for: {name} allowed values are: {allowed[name].values}"
            return rds._error("InvalidParameterValue", text, 400)
    return _apply(group, changes)
