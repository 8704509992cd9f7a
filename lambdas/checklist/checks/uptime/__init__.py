"""Uptime: whether the probes run, what they see, and who learns of it."""

from typing import Final

from lambdas.checklist.checks.uptime.contacts import CONTACTS
from lambdas.checklist.checks.uptime.health import HEALTH_ENDPOINT
from lambdas.checklist.checks.uptime.interval import INTERVAL
from lambdas.checklist.checks.uptime.probes import ALARMED, DATABASE_PROBED, PROBED
from lambdas.checklist.checks.uptime.status_page import STATUS_PAGE

CHECKS: Final = (PROBED, DATABASE_PROBED, HEALTH_ENDPOINT, ALARMED, INTERVAL, CONTACTS, STATUS_PAGE)
