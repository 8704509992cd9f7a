"""Reviews: how often they are made, what they hold things to, and what their sections may say."""

from enum import StrEnum
from typing import Final

from lambdas.vocabulary.reports import Kind

NOTICE_KEY: Final = "review/"
"""How the key of a notice about a review begins."""
ERROR_PERCENT: Final = 1.0
"""Of a day's requests, by the checklist: more of them failed is too many."""
UPTIME_PERCENT: Final = 99.9
"""By the checklist."""
KEY_DAYS: Final = 90
"""An access key that is older should have been replaced."""


class Period(StrEnum):
    """What a review looks back on; on demand also the dependencies alone."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    DEPENDENCIES = "dependencies"

    @property
    def kind(self) -> Kind:
        """Under which it is kept."""
        return Kind(self.value)


class State(StrEnum):
    """What a section says, the worst first."""

    ATTENTION = "needs attention"
    UNKNOWN = "unknown"
    """It could not be read: neither good nor bad."""
    GOOD = "good"
    NOTED = "for reading"
    """Numbers that nothing holds to a limit."""
    NOT_IN_USE = "not in use"
