"""Functions: how often each runs, by what sets it going, and what a run takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from cost.assumptions import RUNS, Assumptions, Run
from cost.errors import CostError
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use
from stacks.settings.schedule import runs_a_month

FUNCTION = "AWS::Lambda::Function"
MACHINE = "AWS::StepFunctions::StateMachine"
FREE_DISK_GB = 0.5
BACKUP = "database_backup"
INTAKE = "error_intake"
ERRORS = ("error_digest", "error_relay")


@dataclass(frozen=True)
class Function:
    resource: Resource
    folder: str
    a_month: float
    run: Run

    @property
    def seconds(self) -> float:
        return self.a_month * self.run.seconds

    @property
    def name(self) -> str:
        return str(self.resource.properties["FunctionName"])


def functions_of(templates: Templates, assumptions: Assumptions) -> list[Function]:
    """Every function, with its runs.  Raises CostError for one of which nothing says when it runs."""
    times = _times(templates, assumptions)
    return [_function(resource, times) for resource in templates.of_type(FUNCTION)]


def uses_of_functions(functions: list[Function]) -> Iterator[Use]:
    for function in functions:
        properties = function.resource.properties
        memory_gb = properties.get("MemorySize", 128) / 1024
        disk_gb = properties.get("EphemeralStorage", {}).get("Size", 512) / 1024
        arm = properties.get("Architectures") == ["arm64"]
        time = Price.FUNCTION_TIME_ARM if arm else Price.FUNCTION_TIME_X86
        yield Use(Price.FUNCTION_REQUESTS, function.a_month, function.folder)
        yield Use(time, memory_gb * function.seconds, f"{function.folder}, {function.run.seconds:g} s each time")
        if disk_gb > FREE_DISK_GB:
            yield Use(Price.FUNCTION_DISK, (disk_gb - FREE_DISK_GB) * function.seconds, function.folder)


def folder_of(resource: Resource) -> str:
    """`lambdas.<folder>.handler.handler` names it."""
    handler = str(resource.properties["Handler"])
    if not handler.startswith("lambdas."):
        raise CostError(f"{resource} is no function of ours: say in cost/functions.py what its runs cost")
    return handler.split(".")[1]


def _function(resource: Resource, times: dict[str, float]) -> Function:
    folder = folder_of(resource)
    run = RUNS.get(folder) or Run(float(resource.properties["Timeout"]))
    a_month = times.get(folder, 0) + run.a_month
    if not a_month:
        raise CostError(f"{resource} runs for no reason that is known: give RUNS in cost/assumptions.py its runs")
    return Function(resource, folder, a_month, run)


def _times(templates: Templates, assumptions: Assumptions) -> dict[str, float]:
    """By folder, so that a copy in another region runs as often as the one at home that asks it."""
    times: dict[str, float] = {}
    for trigger, runs in _triggers(templates, assumptions):
        for function in _reached(templates, trigger):
            folder = folder_of(function)
            times[folder] = times.get(folder, 0) + runs
    return times


def runs_of(templates: Templates, machine: Resource, assumptions: Assumptions) -> float:
    """How often a state machine is started in a month."""
    return sum(
        runs
        for trigger, runs in _triggers(templates, assumptions)
        if trigger.kind in _TARGETS
        and machine in templates.referred_to(trigger.stack, _TARGETS[trigger.kind](trigger.properties))
    )


def _triggers(templates: Templates, assumptions: Assumptions) -> Iterator[tuple[Resource, float]]:
    for resource in templates.resources:
        match resource.kind:
            case "AWS::Scheduler::Schedule":
                yield resource, runs_a_month(resource.properties["ScheduleExpression"])
            case "AWS::Events::Rule":
                yield resource, events_a_month(templates, resource, assumptions)
            case "AWS::SNS::Subscription":
                yield resource, assumptions.alerts
            case "AWS::Lambda::EventSourceMapping":
                yield resource, _batches(templates, resource, assumptions)
            case "AWS::ApiGatewayV2::Integration" if _reaches(templates, resource, INTAKE):
                yield resource, assumptions.errors
            case kind if kind.startswith("Custom::"):
                yield resource, assumptions.deployments


def events_a_month(templates: Templates, rule: Resource, assumptions: Assumptions) -> float:
    """Of a rule: its schedule's; else a backup's each, one of a drill, or those of the account that people are told."""
    if "ScheduleExpression" in rule.properties:
        return runs_a_month(rule.properties["ScheduleExpression"])
    if "aws.s3" in rule.properties["EventPattern"].get("source", []):
        return backups_a_month(templates)
    if "aws.states" in rule.properties["EventPattern"].get("source", []):
        return 1  # an execution that broke off
    return assumptions.security_events


def backups_a_month(templates: Templates) -> float:
    return sum(
        runs_a_month(schedule.properties["ScheduleExpression"])
        for schedule in templates.of_type("AWS::Scheduler::Schedule")
        if any(folder_of(function) == BACKUP for function in _reached(templates, schedule))
    )


def _batches(templates: Templates, mapping: Resource, assumptions: Assumptions) -> float:
    """Of a queue: of alerts, or of errors."""
    of_errors = _reaches(templates, mapping, *ERRORS)
    return assumptions.errors / assumptions.errors_in_a_batch if of_errors else assumptions.alerts


def _reaches(templates: Templates, trigger: Resource, *folders: str) -> bool:
    return any(folder_of(function) in folders for function in _reached(templates, trigger))


_TARGETS: dict[str, Callable[[dict[str, Any]], object]] = {
    "AWS::Scheduler::Schedule": lambda one: one["Target"]["Arn"],
    "AWS::Events::Rule": lambda one: [target["Arn"] for target in one.get("Targets", ())],
    "AWS::SNS::Subscription": lambda one: one["Endpoint"],
    "AWS::Lambda::EventSourceMapping": lambda one: one["FunctionName"],
    "AWS::ApiGatewayV2::Integration": lambda one: one["IntegrationUri"],
}


def _reached(templates: Templates, trigger: Resource) -> list[Resource]:
    """The functions that it sets going: those it names, not those that its role or its queue belong to.

    Of a state machine, that which is called as it is; the functions behind its other steps run for other reasons.
    """
    target = _TARGETS.get(trigger.kind, itemgetter("ServiceToken"))(trigger.properties)
    named = templates.referred_to(trigger.stack, target)
    run = [one for machine in named if machine.kind == MACHINE for one in run_by(templates, machine)]
    return [*(one for one in named if one.kind == FUNCTION), *run]


def run_by(templates: Templates, machine: Resource) -> list[Resource]:
    """The function that a state machine runs and is called as, where there is one."""
    steps = templates.referred_to(machine.stack, machine.properties["DefinitionString"])
    name = machine.properties.get("StateMachineName")
    return [one for one in steps if one.kind == FUNCTION and one.properties["FunctionName"] == name]
