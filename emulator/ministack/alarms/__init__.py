"""Alarms evaluated as CloudWatch evaluates them; MiniStack's own looks at one datum and no dimensions."""

from emulator.ministack.alarms import actions, background, clock, controls, operations, queues, records


def register() -> None:
    for part in (clock, records, actions, operations, queues, controls, background):
        part.register()
