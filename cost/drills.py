"""Point-in-time drills: the state machine, and the instance that is there for as long as a drill lasts."""

from collections.abc import Iterator
from typing import Any

from cost.assumptions import HOURS, LOOKS_OF_A_DRILL, Assumptions
from cost.errors import CostError
from cost.functions import FUNCTION, MACHINE
from cost.large_runs import template_of
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use
from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES
from stacks.settings.schedule import runs_a_month

_TRANSITIONS_OF_A_LOOK = 3
_OTHER_TRANSITIONS = 6
_CLASS = "INSTANCE_CLASS"


def uses_of_drills(templates: Templates, assumptions: Assumptions) -> Iterator[Use]:
    """Raises CostError for a state machine whose executions nothing tells of."""
    for machine in templates.of_type(MACHINE):
        if template_of(templates, machine):
            continue  # of large runs
        runs, size = _runs(templates, machine), _class(templates, machine)
        memory = INSTANCE_CLASSES[size].memory_gib
        hours = runs * assumptions.drill_hours
        transitions = LOOKS_OF_A_DRILL * assumptions.drill_hours * _TRANSITIONS_OF_A_LOOK + _OTHER_TRANSITIONS
        yield Use(Price.STATE_TRANSITIONS, runs * transitions, "point-in-time drills")
        yield Use(Price.DRILL_INSTANCE, hours * memory, f"{size}, {assumptions.drill_hours:g} h each time")
        yield Use(Price.DRILL_STORAGE, assumptions.drill_storage_gb * hours / HOURS, "as long as the instance")


def _runs(templates: Templates, machine: Resource) -> float:
    runs = sum(
        runs_a_month(schedule.properties["ScheduleExpression"])
        for schedule in templates.of_type("AWS::Scheduler::Schedule")
        if machine in templates.referred_to(schedule.stack, schedule.properties["Target"]["Arn"])
    )
    if not runs:
        raise CostError(f"{machine} runs for no reason that is known: say in cost/drills.py how often")
    return runs


def _class(templates: Templates, machine: Resource) -> str:
    """Of the instance that its function makes; one that is too new for the table of classes has no known price."""
    for variables in _variables(templates, machine):
        if size := variables.get(_CLASS):
            if size not in INSTANCE_CLASSES:
                raise CostError(f"{machine}: {size} is not in the table of RDS classes: nobody knows what it costs")
            return str(size)
    raise CostError(f"{machine} makes no instance that is known: say in cost/drills.py what it costs")


def _variables(templates: Templates, machine: Resource) -> Iterator[dict[str, Any]]:
    for one in templates.referred_to(machine.stack, machine.properties["DefinitionString"]):
        if one.kind == FUNCTION:
            yield one.properties.get("Environment", {}).get("Variables", {})
