"""Incidents: who is on call, whether they answer, what helps them, and what is learned."""

from typing import Final

from lambdas.checklist.checks.incidents.afterwards import CHECKS as AFTERWARDS
from lambdas.checklist.checks.incidents.duty import CHECKS as DUTY

CHECKS: Final = (*DUTY, *AFTERWARDS)
