"""Alerts: whether they reach people, and whether they are as the checklist says."""

from typing import Final

from lambdas.checklist.checks.alerts.delivery import CHECKS as DELIVERY
from lambdas.checklist.checks.alerts.thresholds import CHECKS as THRESHOLDS
from lambdas.checklist.checks.alerts.ways import CHECKS as WAYS

CHECKS: Final = (*DELIVERY, *WAYS, *THRESHOLDS)
