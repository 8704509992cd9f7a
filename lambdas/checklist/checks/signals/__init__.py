"""Golden signals, and the dashboard that shows them."""

from typing import Final

from lambdas.checklist.checks.signals.dashboard import CHECKS as DASHBOARD
from lambdas.checklist.checks.signals.golden import CHECKS as GOLDEN

CHECKS: Final = (*GOLDEN, *DASHBOARD)
