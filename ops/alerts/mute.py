"""Mute: notify nobody of what a deployment disturbs, until a time that is set now.

Left as they are: critical alarms, as a deployment that takes the service down for two probes is an outage whoever
meant it, and everything about backups, security and the monitoring itself, which no deployment of the API explains.
What is still in alarm when the time is over is sent then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from lambdas.shared.alarms import Alarm, alarms_of
from lambdas.shared.clock import now
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from ops.account import operator
from ops.alerts.mute_rules import MOST_TARGETS, by_hand, remove
from ops.errors import OpsError, UsageError
from stacks.settings import Environment

PUTTING = timedelta(seconds=5)  # what the calls to CloudWatch may take
LONGEST = 24 * 60  # minutes; what takes longer is a window in the environment file
DISTURBED = frozenset(
    {
        Runbook.SERVICE_DOWN,
        Runbook.SERVICE_SLOW,
        Runbook.HIGH_ERROR_RATE,
        Runbook.ERROR_BUDGET,
        Runbook.TRAFFIC,
        Runbook.DATABASE_TROUBLE,
        Runbook.DATABASE_CAPACITY,
    }
)
"""The families of alarms that a deployment can set off."""


@dataclass(frozen=True)
class Wish:
    """What is to be muted, for how long and why."""

    minutes: int
    reason: str
    patterns: tuple[str, ...] = ()
    """Names of alarms without `junkos-<environment>-`, such as `rds-*`; none for all that a deployment disturbs."""
    also_critical: bool = False


@dataclass(frozen=True)
class Muted:
    alarms: int
    start: datetime
    end: datetime


def mute(cloudwatch: Any, environment: Environment, wish: Wish) -> Muted:
    """Raises UsageError for a wish that is refused, and OpsError when there is nothing to mute."""
    if not 1 <= wish.minutes <= LONGEST:
        raise UsageError(f"--minutes {wish.minutes}: must be between 1 and {LONGEST} (more: [[alerts.maintenance]])")
    if not wish.reason.strip():
        raise UsageError("--reason is empty: say what is being done, such as 'deploy 1.4'")
    remove(cloudwatch, environment, "EXPIRED")
    names = [alarm.name for alarm in alarms_of(cloudwatch, environment) if is_meant(alarm, environment, wish)]
    if not names:
        raise OpsError(f"there is no alarm to mute ({_remedy(wish)})")
    made_at = now()
    start = next_minute(made_at)
    end = start + timedelta(minutes=wish.minutes)
    rule = {
        "Description": f"{wish.reason} ({operator()})",
        "Rule": {"Schedule": {"Expression": f"at({start:%Y-%m-%dT%H:%M})", "Duration": f"PT{wish.minutes}M"}},
        "ExpireDate": end,
    }
    for number, targets in enumerate(_batches(names), start=1):
        name = f"{by_hand(environment)}{made_at:%Y%m%dt%H%M%S}-{number}"  # two of the same minute are two
        cloudwatch.put_alarm_mute_rule(Name=name, MuteTargets={"AlarmNames": targets}, **rule)
    return Muted(len(names), start, end)


def is_meant(alarm: Alarm, environment: Environment, wish: Wish) -> bool:
    """Whether `alarm` is muted: by its name where names were given, otherwise when a deployment can set it off."""
    if not alarm.delivers or (alarm.level is Level.CRITICAL and not wish.also_critical):
        return False
    short_name = alarm.name.removeprefix(physical_name(environment, ""))
    if wish.patterns:
        return any(fnmatchcase(short_name, pattern) for pattern in wish.patterns)
    return alarm.page in DISTURBED


def _remedy(wish: Wish) -> str:
    if not wish.patterns:
        return "are the stacks deployed?"
    critical = "" if wish.also_critical else "a critical one needs --also-critical; "
    return f"does --alarms match a name? {critical}a part is muted by its whole, as api-error-rate by api-failing"


def next_minute(moment: datetime) -> datetime:
    """CloudWatch starts rules at whole minutes, and one that lies ahead when it is put is sure to start."""
    return (moment + PUTTING).replace(second=0, microsecond=0) + timedelta(minutes=1)


def _batches(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + MOST_TARGETS] for start in range(0, len(names), MOST_TARGETS))
