"""All checks, in the order of the checklist: each section is a file, and each file a list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lambdas.checklist.check import Check
from lambdas.checklist.checks.alerts import CHECKS as ALERTS
from lambdas.checklist.checks.database import CHECKS as DATABASE
from lambdas.checklist.checks.errors import CHECKS as ERRORS
from lambdas.checklist.checks.incidents import CHECKS as INCIDENTS
from lambdas.checklist.checks.logs import CHECKS as LOGS
from lambdas.checklist.checks.objectives import CHECKS as OBJECTIVES
from lambdas.checklist.checks.periods import CHECKS as PERIODS
from lambdas.checklist.checks.security import CHECKS as SECURITY
from lambdas.checklist.checks.signals import CHECKS as SIGNALS
from lambdas.checklist.checks.uptime import CHECKS as UPTIME
from lambdas.vocabulary.checklist import Section

CHECKS: Final[tuple[Check, ...]] = (
    *ERRORS,
    *UPTIME,
    *DATABASE,
    *LOGS,
    *ALERTS,
    *INCIDENTS,
    *SIGNALS,
    *SECURITY,
    *PERIODS,
    *OBJECTIVES,
)


@dataclass(frozen=True)
class Right:
    """What some of the checks may do to one resource, which is as `Reads` writes it."""

    actions: tuple[str, ...]
    resource: str
    because: str
    checks: tuple[str, ...]


def rights() -> list[Right]:
    """All that the checks read, each resource and reason once."""
    actions: dict[tuple[str, str], set[str]] = defaultdict(set)
    checks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for check in CHECKS:
        for reads in check.reads:
            actions[reads.resource, reads.because].update(reads.actions)
            checks[reads.resource, reads.because].append(check.name)
    return [Right(tuple(sorted(actions[each])), *each, tuple(dict.fromkeys(checks[each]))) for each in sorted(actions)]


def of_sections(sections: Iterable[Section]) -> tuple[Check, ...]:
    wanted = set(sections)
    return tuple(check for check in CHECKS if check.line.section in wanted)
