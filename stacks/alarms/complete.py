"""What no alarm may lack, whoever made it."""

from collections.abc import Iterator

import jsii
from aws_cdk import Annotations, IAspect, Reference, Tokenization, aws_cloudwatch
from constructs import IConstruct

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook

_METRIC_ALARMS = aws_cloudwatch.CfnAlarm | aws_cloudwatch.CfnLogAlarm
_ALARMS = _METRIC_ALARMS | aws_cloudwatch.CfnCompositeAlarm


@jsii.implements(IAspect)
class CompleteAlarms:
    """Refuses at synth an alarm without level, owner, runbook, a stance on missing data, or anybody who hears of it."""

    def __init__(self) -> None:
        self._composites: list[aws_cloudwatch.CfnCompositeAlarm] | None = None

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, _ALARMS) and (faults := [*_faults(node), *self._silence(node)]):
            name = node.alarm_name or node.node.path
            Annotations.of(node).add_error(f"alarm {name} lacks {', '.join(faults)} (make it with Alarms.make)")

    def _silence(self, alarm: _ALARMS) -> Iterator[str]:
        if alarm.actions_enabled is False:
            yield "enabled actions: mute it by a rule with an end instead"
        elif not alarm.alarm_actions and not self._is_part_of_another(alarm):
            yield "an action, or a composite alarm that it is a part of"

    def _is_part_of_another(self, alarm: _ALARMS) -> bool:
        """Whether a composite alarm of the app names `alarm` in its rule."""
        if self._composites is None:  # once: the walk over a whole app takes a moment
            everything = alarm.node.root.node.find_all()
            self._composites = [one for one in everything if isinstance(one, aws_cloudwatch.CfnCompositeAlarm)]
        return any(alarm.node.path in _paths_in(one) or _is_named_in(one, alarm) for one in self._composites)


def _faults(alarm: _ALARMS) -> Iterator[str]:
    described = AlarmDescription.from_text(alarm.alarm_description or "") or AlarmDescription()
    if described.level is None:
        yield f"a level ({', '.join(Level)})"
    if not any(described.runbook.endswith(f"/{page}.md") for page in Runbook):
        yield "a runbook of docs/runbooks"
    if not described.owner.strip():
        yield "an owner"
    if isinstance(alarm, _METRIC_ALARMS) and not alarm.treat_missing_data:
        yield "a stance on missing data"


def _paths_in(composite: aws_cloudwatch.CfnCompositeAlarm) -> set[str]:
    tokens = Tokenization.reverse_string(composite.alarm_rule).tokens
    return {token.target.node.path for token in tokens if isinstance(token, Reference)}


def _is_named_in(composite: aws_cloudwatch.CfnCompositeAlarm, alarm: _ALARMS) -> bool:
    name = alarm.alarm_name
    return name is not None and any(written in composite.alarm_rule for written in (f'"{name}"', f"({name})"))
