"""Mute rules of an environment as CloudWatch has them now: those of the environment file, and those made by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.vocabulary.names import Named, physical_name


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


def rules_of(cloudwatch: Any, environment: Named, *statuses: str) -> Iterator[MuteRule]:
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
