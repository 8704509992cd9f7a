"""Mute rules that an operator made, by their name: windows of the environment file are deployed and stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.vocabulary.names import physical_name
from stacks.settings import Environment

MOST_TARGETS = 100  # alarms of one rule


@dataclass(frozen=True)
class MuteRule:
    name: str
    status: str
    """SCHEDULED, ACTIVE or EXPIRED."""
    ends: datetime | None
    """None for a window of the environment file, which comes again."""
    reason: str
    alarms: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """One of `alerts muted --json`."""
        return {
            "rule": self.name,
            "status": self.status.lower(),
            "ends": self.ends.isoformat() if self.ends else None,
            "reason": self.reason,
            "alarms": list(self.alarms),
        }


def by_hand(environment: Environment) -> str:
    """What the names of rules begin with that were made by hand."""
    return physical_name(environment, "muted-")


def rules_of(cloudwatch: Any, environment: Environment, *statuses: str) -> Iterator[MuteRule]:
    """All of the environment's, windows too, or those of the given statuses."""
    pages = cloudwatch.get_paginator("list_alarm_mute_rules").paginate(
        **({"Statuses": list(statuses)} if statuses else {})
    )
    for page in pages:
        for summary in page["AlarmMuteRuleSummaries"]:
            name = summary["AlarmMuteRuleArn"].rpartition(":")[2]
            if name.startswith(physical_name(environment, "")):
                found = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName=name)
                yield MuteRule(
                    name=name,
                    status=summary["Status"],
                    ends=found.get("ExpireDate"),
                    reason=found.get("Description", ""),
                    alarms=tuple(found.get("MuteTargets", {}).get("AlarmNames", ())),
                )


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
