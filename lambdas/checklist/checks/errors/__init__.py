"""Error tracking: whether errors arrive, name their release and source, notify somebody, and hold no secret."""

from typing import Final

from lambdas.checklist.checks.errors.arrival import TEST_ERROR, TRACKER
from lambdas.checklist.checks.errors.levels import LOG_LEVEL
from lambdas.checklist.checks.errors.notified import ERROR_ALARMS
from lambdas.checklist.checks.errors.releases import RELEASES
from lambdas.checklist.checks.errors.scrubbing import SCRUBBING
from lambdas.checklist.checks.errors.source_maps import SOURCE_MAPS

CHECKS: Final = (TRACKER, SOURCE_MAPS, ERROR_ALARMS, RELEASES, LOG_LEVEL, SCRUBBING, TEST_ERROR)
