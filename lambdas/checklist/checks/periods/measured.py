"""The last seven days by the system's own records: errors by day, uptime, backups."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.alarm_names import DOWN
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import alarms_of
from lambdas.checklist.check import Outcome, Reads, Situation, failed, passed
from lambdas.checklist.deployed import reads_of, settings_of
from lambdas.checklist.endpoints import probed
from lambdas.checklist.metrics import DAY, values_of
from lambdas.checklist.metrics import READS as READS_METRICS
from lambdas.checklist.phrases import ago, listed
from lambdas.error_budget.objective import Objective, Promise, Series
from lambdas.error_budget.settings import Settings as BudgetSettings
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.quantities import counted, duration, rounded
from lambdas.vocabulary.backups import moment_of
from lambdas.vocabulary.checklist import Seen
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.reviews import ERROR_PERCENT, UPTIME_PERCENT

WEEK: Final = timedelta(days=7)
_API: Final = "api"
"""Whose promise it is: the other one is that of the probes."""
READS_ERRORS: Final = (reads_of("error_budget"), READS_METRICS)
READS_UPTIME: Final = (*READS_ALARMS, READS_METRICS)
READS_BACKUPS: Final = (Reads(("s3:ListBucket",), arns.BACKUPS),)


def error_rate(situation: Situation) -> Outcome:
    promise = _promise(situation)
    if promise is None:
        return failed(f"the function {situation.name('error_budget')} is not there, which knows what counts requests")
    values = values_of(situation, promise.series, WEEK, DAY)
    requests, bad = _by_day(promise.events, values), _by_day(promise.bad, values)
    rates = {day: 100 * bad.get(day, 0) / number for day, number in requests.items() if number}
    if not rates:
        return failed("no request was counted in seven days: nothing shows how many fail")
    seen = tuple(Seen(f"{day:%Y-%m-%d}", f"{rounded(rate)} %") for day, rate in rates.items())
    over = [f"{rounded(rate)} % on {day:%Y-%m-%d}" for day, rate in sorted(rates.items()) if rate >= ERROR_PERCENT]
    if over:
        return failed(f"requests that failed: {listed(over)}", *seen)
    worst = max(rates, key=lambda day: rates[day])
    return passed(f"at most {rounded(rates[worst])} % failed on a day ({worst:%Y-%m-%d}), of {len(rates)} days", *seen)


def _promise(situation: Situation) -> Objective | None:
    settings = settings_of(situation, "error_budget", BudgetSettings)
    return next(
        (
            each
            for each in (settings.promised if settings else ())
            if each.promise is Promise.AVAILABILITY and each.seen_by == _API
        ),
        None,
    )


def _by_day(series: tuple[Series, ...], values: Mapping[Series, Mapping[datetime, float]]) -> dict[datetime, float]:
    found: dict[datetime, float] = {}
    for one in series:
        for day, value in values[one].items():
            found[day] = found.get(day, 0.0) + value
    return found


@probed
def uptime(situation: Situation) -> Outcome:
    probes = {
        dict(series.dimensions)[Dimension.ENDPOINT]: replace(series, statistic="Average")
        for alarm in alarms_of(situation).values()
        for series in alarm.series
        if alarm.name.endswith(DOWN) and series.metric == Metric.UP
    }
    values = values_of(situation, tuple(probes.values()), WEEK, DAY)
    uptimes = {name: _mean(values[series]) for name, series in probes.items() if values[series]}
    if not uptimes:
        return failed("no probe of the last seven days was counted")
    seen = tuple(Seen(name, f"{uptime:.3f} %") for name, uptime in uptimes.items())
    low = [f"{name} {uptime:.3f} %" for name, uptime in uptimes.items() if uptime < UPTIME_PERCENT]
    if low:
        return failed(f"below {UPTIME_PERCENT:g} % in seven days: {listed(low)}", *seen)
    return passed(f"in seven days: {listed(f'{name} {uptime:.3f} %' for name, uptime in uptimes.items())}", *seen)


def _mean(by_day: Mapping[datetime, float]) -> float:
    return 100 * sum(by_day.values()) / len(by_day)


def backups(situation: Situation) -> Outcome:
    settings = situation.settings
    folders: list[str] = situation.account.read(
        "s3", "folders of backups", lambda s3: Catalogue(s3, settings.backups).prefixes(settings.database)
    )
    made = sorted(at for each in folders if (at := moment_of(each).astimezone(UTC)) <= situation.at)
    of_week = [at for at in made if at > situation.at - WEEK]
    if not of_week:
        return failed(f"no backup of {settings.database} was made in the last seven days")
    before = [at for at in made if at <= situation.at - WEEK][-1:]
    gaps = [later - earlier for earlier, later in pairwise([*before, *of_week, situation.at])]
    longest = timedelta(hours=settings.recovery_point_objective_hours + settings.grace_hours)
    text = f"{counted(len(of_week), 'backup')} in seven days, the longest gap {duration(max(gaps))}"
    seen = Seen(settings.backups, f"the newest was made {ago(of_week[-1], situation.at)}")
    return passed(text, seen) if max(gaps) <= longest else failed(text, seen)
