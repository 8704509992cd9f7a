"""Security: what watches the account and the API, and whether it still does."""

from typing import Final

from lambdas.checklist.checks.security.events import CHECKS as EVENTS
from lambdas.checklist.checks.security.guardduty import CHECKS as GUARDDUTY
from lambdas.checklist.checks.security.rules import CHECKS as RULES

CHECKS: Final = (*EVENTS, *GUARDDUTY, *RULES)
