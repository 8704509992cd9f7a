"""`mute`: tell nobody of what a deployment disturbs, until a time that is set now.

Left as they are: critical alarms, as a deployment that takes the service down for two probes is an outage whoever
meant it, and everything about backups, security and the monitoring itself, which no deployment of the API explains.
What is still in alarm when the time is over is told then.
"""

import argparse
from collections.abc import Iterable
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from lambdas.shared.clock import now
from lambdas.shared.quantities import counted
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from ops.account import operator
from ops.alerts.alarms import Alarm, alarms_of
from ops.alerts.errors import AlertsError
from ops.alerts.mute_rules import MOST_TARGETS, by_hand, remove
from stacks.settings import Environment

NAMES = (
    "these and no others, as 'rds-*'; critical ones only with --also-critical, "
    "and of a composite the whole (rds-saturated, api-failing), not its parts"
)
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


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--minutes", type=int, default=30, help="how long; default: 30")
    command.add_argument("--reason", required=True, help="what is being done, such as 'deploy 1.4'")
    command.add_argument("--alarms", nargs="+", default=[], metavar="PATTERN", help=NAMES)
    command.add_argument("--also-critical", action="store_true", help="critical ones too: a planned outage")


def run(cloudwatch: Any, environment: Environment, options: argparse.Namespace) -> bool:
    if not 1 <= options.minutes <= LONGEST:
        raise AlertsError(
            f"--minutes {options.minutes}: must be between 1 and {LONGEST} (more: [[alerts.maintenance]])"
        )
    if not options.reason.strip():
        raise AlertsError("--reason is empty: say what is being done, such as 'deploy 1.4'")
    remove(cloudwatch, environment, "EXPIRED")
    names = [alarm.name for alarm in alarms_of(cloudwatch, environment) if is_meant(alarm, environment, options)]
    if not names:
        raise AlertsError(f"there is no alarm to mute ({_remedy(options)})")
    made_at = now()
    start = next_minute(made_at)
    end = start + timedelta(minutes=options.minutes)
    rule = {
        "Description": f"{options.reason} ({operator()})",
        "Rule": {"Schedule": {"Expression": f"at({start:%Y-%m-%dT%H:%M})", "Duration": f"PT{options.minutes}M"}},
        "ExpireDate": end,
    }
    for number, targets in enumerate(_batches(names), start=1):
        name = f"{by_hand(environment)}{made_at:%Y%m%dt%H%M%S}-{number}"  # two of the same minute are two
        cloudwatch.put_alarm_mute_rule(Name=name, MuteTargets={"AlarmNames": targets}, **rule)
    print(f"{counted(len(names), 'alarm')} muted from {start:%H:%M} to {end:%H:%M} UTC; `unmute` ends it sooner")
    return True


def is_meant(alarm: Alarm, environment: Environment, options: argparse.Namespace) -> bool:
    """Whether `alarm` is muted: by its name where names were given, otherwise when a deployment can set it off."""
    if not alarm.delivers or (alarm.level is Level.CRITICAL and not options.also_critical):
        return False
    short_name = alarm.name.removeprefix(physical_name(environment, ""))
    if options.alarms:
        return any(fnmatchcase(short_name, pattern) for pattern in options.alarms)
    return alarm.page in DISTURBED


def _remedy(options: argparse.Namespace) -> str:
    if not options.alarms:
        return "are the stacks deployed?"
    critical = "" if options.also_critical else "a critical one needs --also-critical; "
    return f"does --alarms match a name? {critical}a part is muted by its whole, as api-error-rate by api-failing"


def next_minute(moment: datetime) -> datetime:
    """CloudWatch starts rules at whole minutes, and one that lies ahead when it is put is sure to start."""
    return (moment + PUTTING).replace(second=0, microsecond=0) + timedelta(minutes=1)


def _batches(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + MOST_TARGETS] for start in range(0, len(names), MOST_TARGETS))
