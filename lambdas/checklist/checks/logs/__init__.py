"""Logs: what the API writes, how long it is kept, what is masked, and whether it is found."""

from typing import Final

from lambdas.checklist.checks.logs.groups import CHECKS as GROUPS
from lambdas.checklist.checks.logs.lines import CHECKS as LINES

CHECKS: Final = (*LINES, *GROUPS)
