"""Mute rules in force: what else may be wrong and says nothing."""

from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.mute_rules import MuteRule, rules_of
from lambdas.shared.quantities import counted, moment


def _look(situation: Situation) -> Found:
    rules = rules_of(situation.client("cloudwatch"), situation.here, "ACTIVE")
    return Found(tuple(_line(rule) for rule in sorted(rules, key=lambda rule: rule.name)))


def _line(rule: MuteRule) -> str:
    until = f" until {moment(rule.ends)}" if rule.ends else ""
    return f"{counted(len(rule.alarms), 'alarm')} muted{until}: {rule.reason or rule.name}"


MUTES = Source("Mutes in force", _look)
