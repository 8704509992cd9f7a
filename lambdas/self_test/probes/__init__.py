"""All probes, in the order in which people read their results."""

from typing import Final

from lambdas.self_test.probe import Probe
from lambdas.self_test.probes.database import DATABASE
from lambdas.self_test.probes.error_intake import ERROR_INTAKE
from lambdas.self_test.probes.incident_front import INCIDENT_FRONT
from lambdas.self_test.probes.masking import MASKING
from lambdas.self_test.probes.metrics import METRICS
from lambdas.self_test.probes.postgresql import POSTGRESQL
from lambdas.self_test.probes.status_page import STATUS_PAGE
from lambdas.self_test.probes.subscriptions import SUBSCRIPTIONS

PROBES: Final[tuple[Probe, ...]] = (
    POSTGRESQL,
    DATABASE,
    METRICS,
    MASKING,
    SUBSCRIPTIONS,
    STATUS_PAGE,
    INCIDENT_FRONT,
    ERROR_INTAKE,
)
