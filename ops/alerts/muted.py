"""`muted`: which alarms are told to nobody now or soon, until when, and why."""

import argparse
from typing import Any

from lambdas.shared.quantities import counted
from ops.alerts.mute_rules import rules_of
from stacks.settings import Environment


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--names", action="store_true", help="name the alarms too")


def run(cloudwatch: Any, environment: Environment, options: argparse.Namespace) -> bool:
    rules = sorted(rules_of(cloudwatch, environment, "ACTIVE", "SCHEDULED"), key=lambda rule: (rule.status, rule.name))
    for rule in rules:
        until = f"until {rule.ends:%Y-%m-%d %H:%M} UTC" if rule.ends else "every time its window comes"
        print(f"{rule.status.lower():<9}  {counted(len(rule.alarms), 'alarm')} {until}: {rule.reason}  [{rule.name}]")
        for name in rule.alarms if options.names else ():
            print(f"             {name}")
    if not rules:
        print("nothing is muted")
    return True
