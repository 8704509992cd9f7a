"""Large runs: for each job a state machine that runs its function and, where the job is too large for it, an instance.

    Run ─> too large? ── no ──────────────────────────────────────────────────────> Done
              └─ yes ─> Order ─> where? ─> Wait ─> Look ─┐        each failure ──┐
                          ^        ^─────────────────────┘                       v
                          └─ Wait for capacity     ended ──────────────────────> End ─> Done or Failed

Whatever happens on the way, the next step is the end, which terminates the instance.  An execution that is aborted or
runs out of time has no next step: a rule has its instance terminated, and what was left behind all the same is
terminated by schedule.  An instance ends itself, too: by its script, and by its time limit.
"""

from typing import Any, Final

from aws_cdk import Aws, Duration, Stack, aws_ec2, aws_iam, aws_sqs
from aws_cdk import aws_stepfunctions as states
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from lambdas.vocabulary.backups import PROVABLE_SHARE
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.large_runs import (
    DEVICE,
    FAILED_RUN,
    FUNCTION_FAILED,
    LARGE_RUN,
    LARGE_RUN_FAILED,
    RUNS,
    SPARE,
    TOO_LARGE,
    Job,
    Phase,
    Step,
)
from lambdas.vocabulary.names import physical_name
from stacks.functions.database_backup import DatabaseBackup
from stacks.functions.large_run import LargeRunFunction
from stacks.functions.restore_verification import RestoreVerification
from stacks.platform.assets import Asset
from stacks.platform.database_connection import Connection
from stacks.platform.function import RETRIES, MonitoringFunction
from stacks.platform.nag_suppressions import acknowledge, acknowledge_wildcards
from stacks.platform.network import IsolatedNetwork
from stacks.platform.platform import Platform
from stacks.platform.rules import run_on_broken_off
from stacks.platform.runtime import target_of
from stacks.resources.backup_bucket import BackupBucket
from stacks.settings import Environment

LOOKS_EVERY: Final = Duration.minutes(1)
"""A day of looks is 14 000 events in the execution's history, which has room for 25 000."""
CAPACITY_COMES: Final = Duration.minutes(5)
FUNCTION_TAKES: Final = Duration.hours(1)
"""The function's time at most, three times, and the pauses between."""
SYSTEM_GB: Final = 30
"""For Amazon Linux, the code and the layers."""
DUMP_SHARE: Final = 1.0
"""Of the database's bytes, what its decompressed dump takes at most: with room for it a restore is done in parallel."""
INSTANCE_TYPES: Final = {"arm64": "m7g.xlarge", "x86_64": "m7i.xlarge"}
IMAGE: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
"""A parameter of AWS: the newest image at the time of each run."""


class LargeRuns(Construct):
    """`machines` has the state machine of each job that can be one, once `finish` was called."""

    def __init__(self, scope: Construct, *, platform: Platform, bucket: BackupBucket) -> None:
        super().__init__(scope, "LargeRuns")
        self._platform, self._environment, self._bucket = platform, platform.environment, bucket
        self._image = IMAGE.format(architecture=target_of(platform.environment).architecture)
        self.function = LargeRunFunction(self, platform=platform, bucket=bucket)
        self.machines: dict[MonitoringFunction, states.StateMachine] = {}
        self._runs: list[_LargeRun] = []

    def prove_by(self, verification: RestoreVerification, network: IsolatedNetwork) -> None:
        """Where the function proves, too: nothing but the bucket is in reach, and what an instance starts from."""
        run = self._run("Proof", verification, network.placement, disk_share=1 / PROVABLE_SHARE + DUMP_SHARE)
        network.let_instances_install(run.assets_bucket)

    def back_up_by(self, backup: DatabaseBackup, connection: Connection) -> None:
        """Where the function is, too: near the database, and with its login."""
        run = self._run("Backup", backup, connection.placement, disk_share=0)
        connection.allow_login(run.role)

    def finish(self, scheduler: aws_iam.Role) -> None:
        """What is alike for all: the rights to order instances, and whatever ends them."""
        self.function.let_order(
            [run.template_arn for run in self._runs],
            subnets=[subnet for run in self._runs for subnet in run.subnets],
            groups=[group for run in self._runs for group in run.groups],
            roles=[run.role.role_arn for run in self._runs],
            image=self._image,
        )
        self.function.reap_on_schedule(scheduler)
        self._end_what_broke_off()

    def _run(
        self, identifier: str, function: MonitoringFunction, place: dict[str, Any], *, disk_share: float
    ) -> "_LargeRun":
        run = _LargeRun(
            self, identifier, function, place=place, platform=self._platform, bucket=self._bucket, image=self._image
        )
        self.machines[function] = run.machine(self.function, run.job(disk_share))
        self._runs.append(run)
        return run

    def _end_what_broke_off(self) -> None:
        """Catches end no execution that is aborted or runs out of its own time; this reports a failed one, too."""
        run_on_broken_off(
            self,
            self.function,
            physical_name(self._environment, f"{LARGE_RUN}-broke-off"),
            machines=self.machines.values(),
            description="A large run failed or broke off: terminate its instance and report it",
        )


class _LargeRun(Construct):
    """What the instance of one job is made with: its role, its launch template, its place and its code."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        function: MonitoringFunction,
        *,
        place: dict[str, Any],
        platform: Platform,
        bucket: BackupBucket,
        image: str,
    ) -> None:
        super().__init__(scope, identifier)
        self._environment: Environment = platform.environment
        self._function = function
        selection: aws_ec2.SubnetSelection = place["vpc_subnets"]
        self.subnets = [subnet.subnet_id for subnet in selection.subnets or ()]
        self.groups = [group.security_group_id for group in place["security_groups"]]
        layers = [*function.layers, platform.layers.sdk]
        self._assets = [function.code, *map(Asset.of_layer, layers)]
        self.role = self._role(bucket)
        self._template = self._launch_template(image)

    @property
    def assets_bucket(self) -> str:
        """The ARN of the bucket that the CDK uploads to."""
        return f"arn:{Aws.PARTITION}:s3:::{self._function.code.bucket}"

    @property
    def template_arn(self) -> str:
        return Stack.of(self).format_arn(
            service="ec2", resource="launch-template", resource_name=self._template.attr_launch_template_id
        )

    def job(self, disk_share: float) -> Job:
        code, *layers = (asset.url for asset in self._assets)
        environment = self._environment
        return Job(
            function=self._function.node.id,
            launch_template=self._template.attr_launch_template_id,
            launch_template_version=self._template.attr_latest_version_number,
            subnets=tuple(self.subnets),
            security_groups=tuple(self.groups),
            code=code,
            layers=tuple(layers),
            variables=self._function.variables,
            python=target_of(environment).python_version,
            region=Aws.REGION,
            disk_gb=SYSTEM_GB,
            disk_share=disk_share,
            tags=environment.tags,
        )

    def machine(self, steps: LargeRunFunction, job: Job) -> states.StateMachine:
        name = self._function.name
        role = aws_iam.Role(
            self,
            "Steps",
            role_name=f"{name}-steps",
            assumed_by=aws_iam.ServicePrincipal(
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
            ),
        )
        limit = Duration.hours(self._environment.backups.large_runs.time_limit_hours)
        machine = states.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=states.DefinitionBody.from_chainable(_Steps(self, self._function, steps, job).chain()),
            role=role,
            timeout=limit.plus(FUNCTION_TAKES).plus(Duration.seconds(SPARE.total_seconds())),
        )
        acknowledge(
            machine,
            {
                "SF1": "Each step is logged by its function; the service keeps an execution's history for 90 days.",
                "SF2": "Functions after one another: there is nothing to trace that the history does not show.",
            },
        )
        functions = [each.function.function_arn for each in (self._function, steps)]
        acknowledge_wildcards(role, [f"{arn}:*" for arn in functions], "The versions and aliases of these functions.")
        return machine

    def _role(self, bucket: BackupBucket) -> aws_iam.Role:
        """May what the function may, fetch its code, and write what became of the run."""
        name = self._function.name
        role = aws_iam.Role(
            self, "Role", role_name=f"{name}-instance", assumed_by=aws_iam.ServicePrincipal("ec2.amazonaws.com")
        )
        self._function.allow_as_much(role)
        written = bucket.arn_for_objects(f"{RUNS}/{self._function.node.id.replace('_', '-')}/*")
        for actions, resources in (
            (["s3:GetObject"], [asset.arn(self) for asset in self._assets]),
            (["s3:PutObject"], [written]),
        ):
            role.add_to_policy(aws_iam.PolicyStatement(actions=actions, resources=resources))
        acknowledge_wildcards(role, [written], "A run's files are named by its execution.")
        return role

    def _launch_template(self, image: str) -> aws_ec2.CfnLaunchTemplate:
        """What is alike in all runs; place, disk, script and tags are each run's own."""
        name, data = self._function.name, aws_ec2.CfnLaunchTemplate
        architecture = target_of(self._environment).architecture
        profile = aws_iam.CfnInstanceProfile(
            self, "Profile", instance_profile_name=f"{name}-instance", roles=[self.role.role_name]
        )
        return aws_ec2.CfnLaunchTemplate(
            self,
            "Template",
            launch_template_name=name,
            launch_template_data=data.LaunchTemplateDataProperty(
                image_id=f"resolve:ssm:{image}",
                instance_type=self._environment.backups.large_runs.instance_type or INSTANCE_TYPES[architecture],
                iam_instance_profile=data.IamInstanceProfileProperty(arn=profile.attr_arn),
                instance_initiated_shutdown_behavior="terminate",
                metadata_options=data.MetadataOptionsProperty(
                    http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
                ),
                block_device_mappings=[
                    data.BlockDeviceMappingProperty(
                        device_name=DEVICE,
                        ebs=data.EbsProperty(
                            volume_type="gp3", volume_size=SYSTEM_GB, encrypted=True, delete_on_termination=True
                        ),
                    )
                ],
            ),
        )


class _Steps:
    """The states of one machine."""

    def __init__(self, scope: Construct, job_function: MonitoringFunction, steps: LargeRunFunction, job: Job) -> None:
        self._scope, self._job_function, self._steps, self._job = scope, job_function, steps, job

    def chain(self) -> states.Chain:
        done, end = states.Succeed(self._scope, "Done"), self._end()
        run = self._run(done)
        order, look = self._ordered(end), self._looked(end)
        capacity = self._wait("Wait for capacity", CAPACITY_COMES).next(order)
        wait = self._wait("Wait", LOOKS_EVERY).next(look)
        phase = states.JsonPath.string_at("$.run.phase")
        where = (
            states.Choice(self._scope, "Where?")
            .when(states.Condition.string_equals(phase, Phase.RUNNING), wait)
            .when(states.Condition.string_equals(phase, Phase.WAITING), capacity)
            .when(states.Condition.string_equals(phase, Phase.ELSEWHERE), done)
            .otherwise(end)
        )
        order.next(where)
        look.next(where)
        failed = states.Fail(self._scope, "Failed", error=LARGE_RUN_FAILED, cause_path=f"$.{FAILED_RUN}")
        end.next(
            states.Choice(self._scope, "Failed?")
            .when(states.Condition.is_present(f"$.{FAILED_RUN}"), failed)
            .otherwise(done)
        )
        too_large = (
            states.Choice(self._scope, "Too large?")
            .when(states.Condition.is_present(f"$.{TOO_LARGE}"), order)
            .otherwise(done)
        )
        return run.next(too_large)

    def _run(self, done: states.Succeed) -> tasks.LambdaInvoke:
        """The function itself, tried as often as Lambda tries an event; what it gave up is a dead letter, as ever."""
        run = tasks.LambdaInvoke(
            self._scope,
            "Run",
            lambda_function=self._job_function.function,
            payload_response_only=True,
        )
        busy = "Lambda.TooManyRequestsException"
        run.add_retry(errors=[busy], interval=Duration.minutes(1), max_attempts=60, backoff_rate=1)
        run.add_retry(interval=Duration.minutes(1), max_attempts=RETRIES, backoff_rate=2)
        # An answer of more than 256 KiB is one; only the state machine has no room for it.
        run.add_catch(done, errors=["States.DataLimitExceeded"], result_path=states.JsonPath.DISCARD)
        run.add_catch(self._given_up(), result_path="$.error")
        return run

    def _given_up(self) -> tasks.SqsSendMessage:
        failed = states.Fail(
            self._scope,
            "Function failed",
            error=FUNCTION_FAILED,
            cause="The function failed each time: see its log; the event waits among the dead letters.",
        )
        letter = {
            "execution": _context("Execution.Id"),
            "event": states.JsonPath.object_at("$$.Execution.Input"),
            "error": states.JsonPath.object_at("$.error"),
        }
        give_up = tasks.SqsSendMessage(
            self._scope,
            "Give up",
            queue=_dead_letters(self._scope, self._job_function.environment),
            message_body=states.TaskInput.from_object(letter),
            result_path=states.JsonPath.DISCARD,
        )
        give_up.next(failed)
        return give_up

    def _ordered(self, end: tasks.LambdaInvoke) -> tasks.LambdaInvoke:
        handed = {"job": encode(self._job), "event": states.JsonPath.object_at("$$.Execution.Input")}
        order = self._step(Step.ORDER, handed, result_path="$.run")
        order.add_retry(interval=LOOKS_EVERY, max_attempts=5, backoff_rate=2)  # it orders once, however often it is run
        order.add_catch(end, result_path="$.error")
        return order

    def _looked(self, end: tasks.LambdaInvoke) -> tasks.LambdaInvoke:
        look = self._step(Step.LOOK, {}, result_path="$.run")
        look.add_retry(interval=LOOKS_EVERY, max_attempts=5, backoff_rate=2)
        look.add_catch(end, result_path="$.error")
        return look

    def _end(self) -> tasks.LambdaInvoke:
        """What EC2 refuses to terminate at first it terminates later; else the rule, and then the schedule, try on."""
        end = self._step(Step.END, {}, result_path="$")
        end.add_retry(interval=LOOKS_EVERY, max_attempts=10, backoff_rate=1.5, max_delay=Duration.minutes(10))
        return end

    def _wait(self, name: str, time: Duration) -> states.Wait:
        return states.Wait(self._scope, name, time=states.WaitTime.duration(time))

    def _step(self, step: Step, handed: dict[str, Any], *, result_path: str) -> tasks.LambdaInvoke:
        payload = {
            "step": step,
            "function": self._job.function,
            "execution": _context("Execution.Id"),
            "state": states.JsonPath.entire_payload,
            **handed,
        }
        return tasks.LambdaInvoke(
            self._scope,
            step.title(),
            lambda_function=self._steps.function,
            payload=states.TaskInput.from_object(payload),
            payload_response_only=True,
            result_path=result_path,
        )


def _dead_letters(scope: Construct, environment: Environment) -> aws_sqs.IQueue:
    """The environment's queue with its address, which Step Functions asks for, by its name."""
    name = physical_name(environment, "dead-letters")
    return aws_sqs.Queue.from_queue_attributes(
        scope,
        "DeadLetters",
        queue_arn=Stack.of(scope).format_arn(service="sqs", resource=name),
        queue_url=f"https://sqs.{Aws.REGION}.{Aws.URL_SUFFIX}/{Aws.ACCOUNT_ID}/{name}",
    )


def _context(name: str) -> str:
    """Of the execution's context object."""
    return states.JsonPath.string_at(f"$$.{name}")
