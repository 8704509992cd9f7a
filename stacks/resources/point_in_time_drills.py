"""The state machine of point-in-time drills, with its two functions, its schedules and the groups between them.

    Order ─> Restoring? ─> Wait ─> Look ─┐          each failure ──┐
                  ^──────────────────────┘                         v
                  └─ available ─> Check ──────────────────────> Delete ─> Record

Whatever happens on the way, the next step is the deletion.  An execution that is aborted or runs out of time has no
next step: a rule has its instance deleted, and what was left behind all the same is deleted by schedule.
"""

from typing import Any

from aws_cdk import (
    Duration,
    Stack,
    TimeZone,
    aws_ec2,
    aws_iam,
    aws_scheduler,
)
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as states
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.point_in_time import DRILL, REFUSED, Phase, Step
from stacks.alarms.point_in_time import point_in_time_alarms
from stacks.functions.point_in_time_check import PointInTimeCheck
from stacks.functions.point_in_time_drill import PointInTimeDrillFunction
from stacks.platform.database_connection import Connection
from stacks.platform.nag_suppressions import acknowledge, acknowledge_wildcards
from stacks.platform.network import HTTPS
from stacks.platform.platform import Platform
from stacks.platform.rules import run_on_broken_off
from stacks.resources.backup_bucket import BackupBucket
from stacks.settings.backups import PointInTimeDrill

LOOKS_EVERY = Duration.seconds(30)
FOR_THE_REST = Duration.hours(3)
"""For the check and a deletion that RDS refuses at first, beyond the time that the restore is given."""


class PointInTimeDrills(Construct):
    """All parts of a drill; `machine` holds one, by schedule or when an operator starts it."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        bucket: BackupBucket,
        connection: Connection,
        drill: PointInTimeDrill,
    ) -> None:
        super().__init__(scope, "PointInTimeDrills")
        self._environment = platform.environment
        group, place = self._groups(connection)
        self.function = PointInTimeDrillFunction(
            self, platform=platform, bucket=bucket, connection=connection, drill=drill, group=group
        )
        self._check = PointInTimeCheck(self, platform=platform, bucket=bucket, connection=connection, place=place)
        self.machine = self._machine(drill)
        self._end_what_broke_off()
        platform.make_alarms(self, point_in_time_alarms(platform.environment))

    def run_on_schedule(self, scheduler: aws_iam.Role, schedule: str) -> None:
        """The schedule's own time names the record, so that a doubled run makes no second one."""
        aws_scheduler.Schedule(
            self,
            "Schedule",
            schedule_name=physical_name(self._environment, DRILL),
            schedule=aws_scheduler.ScheduleExpression.expression(schedule, TimeZone.ETC_UTC),
            target=targets.StepFunctionsStartExecution(
                self.machine,
                role=scheduler,
                dead_letter_queue=self.function.dead_letters,
                input=aws_scheduler.ScheduleTargetInput.from_object(
                    {"slot": aws_scheduler.ContextAttribute.scheduled_time}
                ),
                retry_attempts=3,
                max_event_age=Duration.hours(2),
            ),
        )
        self.function.reap_on_schedule(scheduler)

    def _groups(self, connection: Connection) -> tuple[aws_ec2.SecurityGroup, dict[str, Any]]:
        """The temporary instance's, which lets in nobody but the check and nothing out; and where the check is put."""
        vpc, port = connection.placement["vpc"], aws_ec2.Port.tcp(connection.function_settings["database_port"])
        instance = aws_ec2.SecurityGroup(
            self, "Instance", vpc=vpc, description="Temporary instance of drills", allow_all_outbound=False
        )
        check = aws_ec2.SecurityGroup(
            self, "Check", vpc=vpc, description="Check of restored instances", allow_all_outbound=False
        )
        check.add_egress_rule(aws_ec2.Peer.any_ipv4(), HTTPS, "gateway endpoints")
        check.connections.allow_to(instance, port, "PostgreSQL")
        return instance, {**connection.placement, "security_groups": [check]}

    def _machine(self, drill: PointInTimeDrill) -> states.StateMachine:
        name = physical_name(self._environment, DRILL)
        this_account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        role = aws_iam.Role(
            self,
            "Role",
            role_name=f"{name}-steps",
            assumed_by=aws_iam.ServicePrincipal("states.amazonaws.com", conditions=this_account),
        )
        machine = states.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=states.DefinitionBody.from_chainable(self._steps()),
            role=role,
            timeout=Duration.minutes(drill.time_limit_minutes).plus(FOR_THE_REST),
        )
        acknowledge(
            machine,
            {
                "SF1": "Each step is logged by its function; the service keeps an execution's history for 90 days.",
                "SF2": "Two functions after one another: there is nothing to trace that the history does not show.",
            },
        )
        functions = [each.function.function_arn for each in (self.function, self._check)]
        acknowledge_wildcards(role, [f"{arn}:*" for arn in functions], "The versions and aliases of these functions.")
        return machine

    def _steps(self) -> states.Chain:
        delete, phase = self._delete_and_record(), states.JsonPath.string_at("$.drill.phase")
        order = self._step(
            Step.ORDER, {"started_at": _context("Execution.StartTime"), "asked": states.JsonPath.entire_payload}
        )
        look = self._step(Step.LOOK, {"drill": states.JsonPath.object_at("$.drill")})
        look.add_retry(interval=LOOKS_EVERY, max_attempts=5, backoff_rate=2)  # RDS may be too busy to answer
        check = self._check_step()
        for step in (order, look, check):
            step.add_catch(delete, result_path="$.error")
        refused = states.Fail(self, "Refused", error=REFUSED, cause_path="$.drill.failure")
        wait = states.Wait(self, "Wait", time=states.WaitTime.duration(LOOKS_EVERY)).next(look)
        restoring = (
            states.Choice(self, "Restoring?")
            .when(states.Condition.string_equals(phase, Phase.RESTORING), wait)
            .when(states.Condition.string_equals(phase, Phase.AVAILABLE), check.next(delete))
            .when(states.Condition.string_equals(phase, Phase.REFUSED), refused)
            .otherwise(delete)
        )
        look.next(restoring)
        return order.next(restoring)

    def _check_step(self) -> tasks.LambdaInvoke:
        handed = {name: states.JsonPath.string_at(f"$.drill.{name}") for name in ("host", "version", "restorable_at")}
        check = tasks.LambdaInvoke(
            self,
            "Restored",
            state_name="Check",
            lambda_function=self._check.function,
            payload=states.TaskInput.from_object({**handed, "port": states.JsonPath.number_at("$.drill.port")}),
            payload_response_only=True,
            result_path="$.restored",
        )
        # An instance that is available is not always ready for a login by IAM.
        check.add_retry(interval=LOOKS_EVERY, max_attempts=5, backoff_rate=2)
        return check

    def _delete_and_record(self) -> tasks.LambdaInvoke:
        record = self._step(
            Step.RECORD,
            {"started_at": _context("Execution.StartTime"), "asked": states.JsonPath.entire_payload},
            result_path="$",
        )
        delete = self._step(Step.DELETE, {}, result_path=states.JsonPath.DISCARD)
        # RDS deletes no instance that it is working on.
        delete.add_retry(
            interval=Duration.minutes(1), max_attempts=12, backoff_rate=1.5, max_delay=Duration.minutes(10)
        )
        delete.add_catch(record, result_path="$.not_deleted")
        delete.next(record)
        return delete

    def _step(self, step: Step, handed: dict[str, Any], result_path: str = "$.drill") -> tasks.LambdaInvoke:
        return tasks.LambdaInvoke(
            self,
            step.title(),
            lambda_function=self.function.function,
            payload=states.TaskInput.from_object({"step": step, "execution": _context("Execution.Id"), **handed}),
            payload_response_only=True,
            result_path=result_path,
        )

    def _end_what_broke_off(self) -> None:
        """Catches end no execution that is aborted or runs out of its own time."""
        run_on_broken_off(
            self,
            self.function,
            physical_name(self._environment, f"{DRILL}-broke-off"),
            machines=[self.machine],
            description="A point-in-time drill broke off: delete its instance",
        )


def _context(name: str) -> str:
    """Of the execution's context object."""
    return states.JsonPath.string_at(f"$$.{name}")
