"""All checks, in the order of the checklist: each section is a file, and each file a list."""

from collections.abc import Iterable
from typing import Final

from lambdas.checklist.check import Check
from lambdas.checklist.checks.security import CHECKS as SECURITY
from lambdas.vocabulary.checklist import Section

CHECKS: Final[tuple[Check, ...]] = (*SECURITY,)


def of_sections(sections: Iterable[Section]) -> tuple[Check, ...]:
    wanted = set(sections)
    return tuple(check for check in CHECKS if check.line.section in wanted)
