"""What is asked of every week, month and quarter, by records where there are any, and by the newest reviews."""

from typing import Final

from lambdas.checklist.checks.periods.month import CHECKS as MONTH
from lambdas.checklist.checks.periods.quarter import CHECKS as QUARTER
from lambdas.checklist.checks.periods.week import CHECKS as WEEK

CHECKS: Final = (*WEEK, *MONTH, *QUARTER)
