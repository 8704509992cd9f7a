"""Whether alarms are as the checklist says, and are sent again while they last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import alarms_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, not_applicable, passed
from lambdas.checklist.database import on_rds
from lambdas.checklist.endpoints import ENDPOINT, probed, without_alarm
from lambdas.checklist.metrics import READS as READS_METRICS
from lambdas.checklist.metrics import values_of
from lambdas.checklist.on_call import READS_SETTINGS, with_settings
from lambdas.checklist.thresholds import Threshold, above, below, outcome_of_thresholds
from lambdas.error_budget.objective import Series
from lambdas.incident.settings import Settings as IncidentSettings
from lambdas.shared.quantities import counted, duration, size
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook

FAILURES: Final = 2
SLOW_MS: Final = 3000
REMIND_CRITICAL, REMIND_MEDIUM = timedelta(minutes=30), timedelta(hours=2)
ERRORS_PER_MINUTE: Final = 50
ERROR_PERCENT: Final = 5
CPU: Final = 80
FREE_STORAGE: Final = 2 * 1000**3
_HOUR: Final = timedelta(hours=1)
_MINUTE, _FIVE_MINUTES = timedelta(minutes=1), timedelta(minutes=5)


@probed
def _down(situation: Situation) -> Outcome:
    return _of_endpoints(
        situation,
        "-down",
        lambda name: Threshold(
            name, lambda alarm: 0 < alarm.breaches <= FAILURES, f"alarm after {FAILURES} failed probes or fewer"
        ),
    )


@probed
def _slow(situation: Situation) -> Outcome:
    return _of_endpoints(situation, "-slow", lambda name: above(name, SLOW_MS, " ms"))


def _of_endpoints(situation: Situation, ending: str, threshold_of: Callable[[str], Threshold]) -> Outcome:
    prefix = situation.name("")
    names = [name.removeprefix(prefix) for name in alarms_of(situation)]
    found = [name for name in names if name.startswith(ENDPOINT) and name.endswith(ending)]
    if missing := without_alarm(situation, ending):
        return failed(missing)
    return outcome_of_thresholds(situation, *map(threshold_of, found))


def _reminded(situation: Situation, settings: IncidentSettings) -> Outcome:
    every, function = settings.remind_critical, situation.name("incident")
    if not settings.steps:
        return not_applicable("PagerDuty pages, and again by its own policy (on_call.escalation.by)")
    text = f"{function} reminds of a critical incident every {duration(every)}"
    return passed(text) if timedelta(0) < every <= REMIND_CRITICAL else failed(text)


def _repeated(situation: Situation, settings: IncidentSettings) -> Outcome:
    every, function = settings.remind_medium, situation.name("incident")
    if not every:
        return failed(f"{function} never sends an alarm of level medium again")
    text = f"{function} sends an alarm of level medium that lasts again every {duration(every)}"
    return passed(text) if every <= REMIND_MEDIUM else failed(text)


def _error_rates(situation: Situation) -> Outcome:
    return outcome_of_thresholds(
        situation,
        above(AlarmName.API_ERRORS_CRITICAL, ERRORS_PER_MINUTE, " a minute", within=2 * _MINUTE),
        above(AlarmName.API_ERROR_RATE, ERROR_PERCENT, " %", within=_FIVE_MINUTES),
    )


def _new_kinds(situation: Situation) -> Outcome:
    """By the runs of the function that groups errors: what does not run finds nothing new."""
    function = situation.name("error_digest")
    if not situation.settings.errors:
        return failed("errors are not tracked (errors.enabled is false): nothing says that a kind of error is new")
    runs, faults = (
        Series.of("AWS/Lambda", metric, "Sum", {"FunctionName": function}) for metric in ("Invocations", "Errors")
    )
    values = values_of(situation, (runs, faults), _HOUR, _FIVE_MINUTES)
    ran, broken = round(sum(values[runs].values())), round(sum(values[faults].values()))
    seen = Seen(function, f"{counted(ran, 'run')}, {counted(broken, 'error')} in the last hour")
    if not ran or broken:
        return failed(f"{function} {'ended with an error' if ran else 'did not run'} in the last hour", seen)
    return passed(f"{function} ran {counted(ran, 'time')} in the last hour, and notifies of a new kind as medium", seen)


@on_rds
def _cpu_and_storage(situation: Situation) -> Outcome:
    return outcome_of_thresholds(
        situation,
        above(AlarmName.RDS_CPU, CPU, " %"),
        below(AlarmName.RDS_FREE_STORAGE_CRITICAL, FREE_STORAGE, " bytes"),
    )


CHECKS: Final = (
    Check(
        name="down-after-two",
        line=Line.DOWN_TWICE,
        question="Is an endpoint down after two failed probes?",
        why="After one, people are woken by hiccups; after more, they hear of it from customers.",
        passes=f"Each endpoint has an alarm after {FAILURES} failed probes or fewer, which notifies somebody.",
        remedy="Set uptime.failures = 2 and deploy.",
        importance=Importance.BLOCKER,
        runbook=Runbook.SERVICE_DOWN,
        reads=READS_ALARMS,
        look=_down,
    ),
    Check(
        name="down-again",
        line=Line.DOWN_TWICE,
        question="Is whoever has a critical incident reminded of it while it lasts?",
        why="Who took it may have fallen asleep again.",
        passes=f"Every {duration(REMIND_CRITICAL)} or more often.",
        remedy="Set on_call.remind_minutes.critical = 30 and deploy.",
        runbook=Runbook.INCIDENTS,
        reads=(READS_SETTINGS,),
        look=with_settings(_reminded),
    ),
    Check(
        name="slow-above-three-seconds",
        line=Line.SLOW,
        question="Is an endpoint that answers slowly alarmed?",
        why="For a user, ten seconds are down.",
        passes=f"Each endpoint has an alarm above {SLOW_MS} ms or less, which notifies somebody.",
        remedy="Set slow_s = 3 of the endpoint in uptime.endpoints and deploy.",
        runbook=Runbook.SERVICE_SLOW,
        reads=READS_ALARMS,
        look=_slow,
    ),
    Check(
        name="slow-again",
        line=Line.SLOW,
        question="Is an alarm of level medium sent again while it lasts?",
        why="What is sent once is forgotten once.",
        passes=f"Every {duration(REMIND_MEDIUM)} or more often.",
        remedy="Set on_call.remind_minutes.medium = 120 and deploy.",
        runbook=Runbook.INCIDENTS,
        reads=(READS_SETTINGS,),
        look=with_settings(_repeated),
    ),
    Check(
        name="error-rates-alarmed",
        line=Line.ERROR_RATES,
        question="Are many errors, and a large share of them, alarmed?",
        why="A share alone is silent about a flood, and a number alone about a quiet night.",
        passes=f"More than {ERRORS_PER_MINUTE} errors in a minute, or fewer, are critical; more than {ERROR_PERCENT} %"
        " for five minutes, or less, are high; both notify somebody.",
        remedy="Set api.errors_per_minute_critical = 50 and api.error_percent = 5 and deploy.",
        importance=Importance.BLOCKER,
        runbook=Runbook.HIGH_ERROR_RATE,
        reads=READS_ALARMS,
        look=_error_rates,
    ),
    Check(
        name="new-errors-notified",
        line=Line.ERROR_RATES,
        question="Is somebody notified of a kind of error that was never seen before?",
        why="The first one of a kind, after a deployment, is the cheapest moment to mend it.",
        passes="Errors are tracked, and in the last hour the function that groups them ran without an error.",
        remedy="Set errors.enabled = true and deploy; of an error of the function, see its log.",
        runbook=Runbook.ERRORS,
        reads=(READS_METRICS,),
        look=_new_kinds,
    ),
    Check(
        name="cpu-and-free-storage-alarmed",
        line=Line.CPU_STORAGE,
        question="Are busy processors, and storage that is nearly full, alarmed?",
        why="RDS stops an instance whose storage is full; one that is always busy answers late, then never.",
        passes=f"CPU above {CPU} % or less, and free storage below {size(FREE_STORAGE)} or more, notify somebody.",
        remedy="Deploy the stack monitoring again.",
        importance=Importance.BLOCKER,
        runbook=Runbook.DATABASE_CAPACITY,
        reads=READS_ALARMS,
        look=_cpu_and_storage,
    ),
)
