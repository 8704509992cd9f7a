"""Whether somebody is notified of errors."""

from typing import Final

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS, SILENT, outcome_of
from lambdas.checklist.check import Check, Outcome, Situation
from lambdas.vocabulary.checklist import Importance, Line
from lambdas.vocabulary.runbooks import Runbook

OF_THE_API: Final = (AlarmName.API_FAILING, AlarmName.API_ERROR_RATE_CRITICAL, AlarmName.API_ERRORS_CRITICAL)
OF_CLIENTS: Final = (AlarmName.ERRORS_MANY, AlarmName.ERRORS_FLOOD)
"""Where a client sends errors."""


def _notified(situation: Situation) -> Outcome:
    by_clients = OF_CLIENTS if situation.settings.errors and situation.settings.projects else ()
    return outcome_of(situation, (*OF_THE_API, *by_clients))


ERROR_ALARMS: Final = Check(
    name="error-alarms",
    line=Line.ERROR_ALERTS,
    question="Is somebody notified when errors rise?",
    why="An alarm that was deleted, muted for good or notifies an empty topic looks like a quiet system.",
    passes="The alarms on errors are there, have not been without data for more than"
    f" {SILENT.days * 24} h, and notify a topic with a confirmed subscription.",
    remedy="Deploy the stacks alerting, errors and monitoring again; enable the alarm's actions.",
    importance=Importance.BLOCKER,
    runbook=Runbook.HIGH_ERROR_RATE,
    reads=READS,
    look=_notified,
)
