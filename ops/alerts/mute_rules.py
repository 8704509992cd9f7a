"""Mute rules that an operator made, by their name: windows of the environment file are deployed and stay."""

from typing import Any

from lambdas.shared.mute_rules import MuteRule, rules_of
from lambdas.vocabulary.names import physical_name
from stacks.settings import Environment

MOST_TARGETS = 100  # alarms of one rule


def by_hand(environment: Environment) -> str:
    """What the names of rules begin with that were made by hand."""
    return physical_name(environment, "muted-")


def in_force(cloudwatch: Any, environment: Environment) -> list[MuteRule]:
    """Those that mute now or soon."""
    return sorted(rules_of(cloudwatch, environment, "ACTIVE", "SCHEDULED"), key=lambda rule: (rule.status, rule.name))


def remove(cloudwatch: Any, environment: Environment, *statuses: str) -> int:
    """Delete what was made by hand; how many rules that were."""
    rules = [
        rule for rule in rules_of(cloudwatch, environment, *statuses) if rule.name.startswith(by_hand(environment))
    ]
    for rule in rules:
        cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName=rule.name)
    return len(rules)
