"""What is asked of every week, and of the first one most of all."""

from typing import Final

from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import alarms_of
from lambdas.checklist.alert_tests import OLDEST as OLDEST_TEST
from lambdas.checklist.alert_tests import READS as READS_TESTS
from lambdas.checklist.alert_tests import tested
from lambdas.checklist.check import ATTESTED, Check, Outcome, Situation, failed
from lambdas.checklist.checks.periods.measured import (
    READS_BACKUPS,
    READS_ERRORS,
    READS_UPTIME,
    backups,
    error_rate,
    uptime,
)
from lambdas.checklist.phrases import listed
from lambdas.checklist.reports import reads_of
from lambdas.checklist.reviews import OLDEST, Part, part_of
from lambdas.vocabulary.checklist import Importance, Line, Verdict
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import ERROR_PERCENT, UPTIME_PERCENT
from lambdas.vocabulary.runbooks import Runbook


def _alerts(situation: Situation) -> Outcome:
    found = tested(situation)
    silent = [
        alarm.name
        for alarm in alarms_of(situation).values()
        if alarm.name.startswith(situation.name("channel-")) and alarm.state == "ALARM"
    ]
    if found.verdict is Verdict.PASS and silent:
        return failed(f"{listed(silent)} is in alarm: a channel does not take alerts", *found.seen)
    return found


_MADE: Final = "Make one: `ops <environment> review week`."
CHECKS: Final = (
    Check(
        name="week-error-rate",
        line=Line.WEEK_ERRORS,
        question="Did less than one request in a hundred fail, on each day of the last seven?",
        why="A week's mean hides the day on which everybody was turned away.",
        passes=f"Less than {ERROR_PERCENT:g} % on each day, by the API's own counts.",
        remedy="See which routes fail: saved query 'errors by route'; `ops <environment> errors list`.",
        runbook=Runbook.HIGH_ERROR_RATE,
        reads=READS_ERRORS,
        look=error_rate,
    ),
    Check(
        name="week-uptime",
        line=Line.WEEK_UPTIME,
        question="Was each endpoint up for 99.9 % of the last seven days?",
        why="Ten minutes a week are what the users were promised.",
        passes=f"At least {UPTIME_PERCENT:g} %, the mean of the days, by the probes.",
        remedy="See what failed: `ops <environment> incidents list`, and the log of health_check.",
        runbook=Runbook.SERVICE_DOWN,
        reads=READS_UPTIME,
        look=uptime,
    ),
    Check(
        name="week-slow-statements",
        line=Line.WEEK_SLOW_QUERIES,
        question="Are the week's slow statements listed for the team?",
        why="A statement gets slow with its table, a little each week, until it is an outage.",
        passes=f"A weekly review of the last {OLDEST[Kind.WEEK].days} days lists them.",
        remedy=_MADE,
        reads=reads_of(Kind.WEEK),
        look=part_of(Kind.WEEK, Part.SLOW_STATEMENTS),
    ),
    Check(
        name="week-slow-queries-reviewed",
        line=Line.WEEK_SLOW_QUERIES,
        question="Does somebody look at the slow statements each week?",
        why="A list that nobody reads makes nothing faster.",
        passes=ATTESTED,
        remedy="Look at the weekly review, then add an attestation to the environment's file (docs/checklist.md).",
    ),
    Check(
        name="week-backups",
        line=Line.WEEK_BACKUPS,
        question="Was a backup made every day of the last seven?",
        why="One that is missing today is a gap when somebody needs that day.",
        passes="No gap between two is longer than the recovery point objective and its grace.",
        remedy="See what failed: `ops <environment> backup list`, and the log of database_backup.",
        importance=Importance.BLOCKER,
        runbook=Runbook.BACKUP_FAILED,
        reads=READS_BACKUPS,
        look=backups,
    ),
    Check(
        name="week-alerts-tested",
        line=Line.WEEK_ALERTS,
        question="Was the delivery of alerts tested, and does every channel still take them?",
        why="In the first week tokens expire, channels are renamed, and mails end in spam.",
        passes=f"A test alert of the last {OLDEST_TEST.days} days was delivered, and no alarm on a channel is on.",
        remedy="Send one: `ops <environment> alerts test`.",
        importance=Importance.BLOCKER,
        runbook=Runbook.CHANNEL_FAILED,
        reads=(*READS_TESTS, *READS_ALARMS),
        look=_alerts,
    ),
    Check(
        name="week-top-errors",
        line=Line.WEEK_TOP_ERRORS,
        question="Are the week's five commonest errors solved, or somebody's?",
        why="Five kinds of error are most of what users see.",
        passes=f"A weekly review of the last {OLDEST[Kind.WEEK].days} days lists them, and none needs attention.",
        remedy="Assign or solve them: `ops <environment> errors list`; then `ops <environment> review week`.",
        runbook=Runbook.ERRORS,
        reads=reads_of(Kind.WEEK),
        look=part_of(Kind.WEEK, Part.TOP_ERRORS, must_be_good=True),
    ),
)
