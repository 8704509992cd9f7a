"""What a stack writes into a function's environment is what the function reads."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from lambdas.shared.environment import BadEnvironmentError, FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    names: tuple[str, ...]
    number: int
    share: float
    on: bool
    patience: timedelta
    text: str | None = None
    several: tuple[str, ...] | None = None
    limit: int | None = None
    switch: bool | None = None


LEAST = Settings("prod", ("a", "b"), 1, 0.5, on=True, patience=timedelta(seconds=90))
ALL = Settings("prod", (), 1, 0.5, False, timedelta(hours=1), "x", ("arn:a", "arn:b"), 0, switch=False)


@pytest.mark.parametrize("settings", [LEAST, ALL], ids=["what must be", "all that may be"])
def test_settings_survive_the_environment(settings):
    assert Settings.from_environment(settings.to_environment()) == settings


def test_all_faults_are_named():
    variables = LEAST.to_environment() | {"NUMBER": "one", "SEVERAL": "{}"}
    del variables["SHARE"]
    with pytest.raises(BadEnvironmentError, match=r"NUMBER is malformed .*SHARE is missing; .*SEVERAL is malformed"):
        Settings.from_environment(variables)
