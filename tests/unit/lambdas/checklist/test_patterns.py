"""Patterns of log lines select what the functions write, by the grammar of CloudWatch Logs."""

import json

import pytest

from emulator.cloudwatch import log_patterns
from lambdas.checklist.checks.uptime.contacts import LOST
from lambdas.checklist.database import ENDED


@pytest.mark.parametrize(
    ("pattern", "line", "selected"),
    [
        (ENDED, {"message": "database checked", "level": "INFO"}, True),
        (ENDED, {"message": "database 'x' cannot be reached", "level_of_alert": "critical"}, True),
        (ENDED, {"message": "40 sessions wait", "level_of_alert": "medium"}, False),
        (ENDED, {"message": "a newer state was there already"}, False),
        (LOST, {"message": "not subscribed", "lost": {"people": ["1 e-mail address"]}}, True),
        (LOST, {"message": "test alert"}, False),
    ],
)
def test_patterns_select(pattern: str, line: dict[str, str], selected: bool) -> None:
    assert bool(log_patterns.read(pattern)(json.dumps(line))) is selected
