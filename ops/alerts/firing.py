"""`firing`: what is in alarm now, the worst first, since when, and the page that says what to do."""

import argparse
from datetime import timedelta
from typing import Any

from lambdas.shared.clock import now
from lambdas.shared.quantities import duration
from lambdas.vocabulary.names import physical_name
from ops.alerts.alarms import alarms_of, worst_first
from ops.alerts.errors import AlertsError
from stacks.settings import Environment


def add_arguments(command: argparse.ArgumentParser) -> None:
    """There are none."""


def run(cloudwatch: Any, environment: Environment, options: argparse.Namespace) -> bool:  # noqa: ARG001  (all commands are alike)
    if not any(True for _ in alarms_of(cloudwatch, environment)):
        where, names = cloudwatch.meta.region_name, physical_name(environment, "*")
        raise AlertsError(
            f"no alarm {names} in this account in {where} (is it deployed, and are these its credentials?)"
        )
    alarms = worst_first(alarms_of(cloudwatch, environment, "ALARM"))
    for alarm in alarms:
        lasts = duration(max(now() - alarm.since, timedelta(0)))  # this machine's clock may be behind
        part = "" if alarm.delivers else " (part of another alarm)"
        print(f"{alarm.level:<8}  {alarm.name}, for {lasts}{part}")
        print(f"          {alarm.meaning} → {alarm.runbook}")
    if not alarms:
        print("nothing is in alarm")
    return not alarms
