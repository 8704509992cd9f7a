"""Section `[database_check]`: how often the database is looked into, and the thresholds of its checks."""

from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationInfo, create_model, field_validator

from lambdas.database_check.check import Threshold
from lambdas.database_check.checks import CHECKS
from stacks.settings.section import Section

_S = TypeVar("_S", bound=Section)
_THRESHOLDS = {
    threshold.name_in_file: threshold for check in CHECKS for threshold in check.thresholds if threshold.allowed
}
_MILDER = {
    graver.name_in_file: milder.name_in_file
    for check in CHECKS
    if check.rule
    for milder, graver in zip(check.rule.thresholds, check.rule.thresholds[1:], strict=False)
}
"""For each threshold of a graver level, the one that it must be more than."""


def _with_thresholds(section: type[_S]) -> type[_S]:
    """The section with a setting for each threshold of the checks, so that none is declared twice."""
    settings: dict[str, Any] = {
        name: (_number(threshold), threshold.default) for name, threshold in _THRESHOLDS.items()
    }
    return create_model(section.__name__, __base__=section, __doc__=section.__doc__, **settings)


def _number(threshold: Threshold) -> Any:
    least, most = threshold.allowed or (None, None)
    return Annotated[int, Field(ge=least, le=most, description=threshold.description)]


@_with_thresholds
class DatabaseCheck(Section):
    """Looking into the database itself: from where on something is an alarm."""

    interval_minutes: Annotated[int, Field(ge=1, le=60, description="How often the database is looked into.")] = 5

    def limit(self, threshold: Threshold) -> float:
        """The number that the file sets for a threshold, in its unit."""
        number: float = getattr(self, threshold.name_in_file)
        return number

    @property
    def function_settings(self) -> dict[str, Any]:
        """What the file sets, by the settings of the function."""
        return {str(threshold.name): threshold.to_setting(self.limit(threshold)) for threshold in _THRESHOLDS.values()}

    @field_validator("*")
    @classmethod
    def _above_the_milder(cls, value: float, info: ValidationInfo) -> float:
        milder = _MILDER.get(str(info.field_name))
        if milder and value <= (limit := info.data.get(milder, 0)):
            raise ValueError(f"must be more than {milder} ({limit})")
        return value
