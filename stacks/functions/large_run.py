"""The function behind the steps of a large run: it orders an instance, looks at it, ends it and reads its result."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aws_cdk import Aws, Duration, aws_iam
from constructs import Construct

from lambdas.large_run.settings import Settings
from lambdas.vocabulary import large_runs
from lambdas.vocabulary.large_runs import JOBS, RUNS, Step
from lambdas.vocabulary.names import physical_name
from stacks.platform.arns import arn_of_function
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import reap_hourly
from stacks.resources.backup_bucket import BackupBucket

FOLDER = "large_run"
_EC2 = "ec2"


class LargeRunFunction(MonitoringFunction):
    """It asks EC2, from outside of any VPC.

    What it may make are instances of our launch templates, with the tags of a large run; what it may end has them.  Its
    own errors end an execution, which the job's function reports (see `lambdas/large_run/report.py`); of what it
    could not even tell there is a dead letter.
    """

    def __init__(self, scope: Construct, *, platform: Platform, bucket: BackupBucket) -> None:
        environment = platform.environment
        settings = environment.backups.large_runs
        super().__init__(
            scope,
            FOLDER,
            settings=Settings(
                environment=environment.name,
                bucket=bucket.bucket_name,
                spot=settings.spot,
                time_limit=timedelta(hours=settings.time_limit_hours),
            ),
            platform=platform,
            memory=256,
            timeout=Duration.minutes(2),
            watched_elsewhere=True,
        )
        self._tags = {
            large_runs.PURPOSE: large_runs.LARGE_RUN,
            "service": environment.service,
            "environment": environment.name,
        }
        self.allow(
            ["ec2:DescribeInstances"],
            ["*"],
            because="It takes no resource; instances are found by their tags.",
        )
        self._allow_where(
            ["ec2:TerminateInstances"],
            [self._ec2("instance/*")],
            {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in self._tags.items()}},
        )
        self.allow(["s3:ListBucket"], [bucket.bucket_arn])  # without it S3 answers 403, not 404, for what is not there
        self.allow(
            ["s3:GetObject"],
            [bucket.arn_for_objects(f"{RUNS}/*")],
            because="A run's files are named by its execution.",
        )
        self.allow(["kms:Decrypt"], [bucket.key_arn])
        self.allow(["lambda:InvokeFunction"], [arn_of_function(self, physical_name(environment, job)) for job in JOBS])

    def let_order(
        self,
        templates: Sequence[str],
        *,
        subnets: Sequence[str],
        groups: Sequence[str],
        roles: Sequence[str],
        image: str,
    ) -> None:
        """Let it make instances of these launch templates (their ARNs), in these subnets and groups, for these roles.

        `image` is the parameter of AWS that names the image.  As the service authorization reference has it: a run is
        allowed on each thing that it makes or uses.
        """
        used = [f"subnet/{it}" for it in subnets] + [f"security-group/{it}" for it in groups]
        by_template: dict[str, Any] = {"ArnEquals": {"ec2:LaunchTemplate": list(templates)}}
        requested = {f"aws:RequestTag/{key}": value for key, value in self._tags.items()}
        self.allow(["ec2:RunInstances"], [*templates, *map(self._ec2, dict.fromkeys(used))])
        self._allow_where(
            ["ec2:RunInstances"],
            [self._ec2("network-interface/*")],
            {**by_template, "Bool": {"ec2:AssociatePublicIpAddress": "false"}},
        )
        self._allow_where(["ec2:RunInstances"], [self._images], by_template)
        self._allow_where(
            ["ec2:RunInstances"],
            [self._ec2("instance/*"), self._ec2("volume/*")],
            {**by_template, "StringEquals": requested},
        )
        self._allow_where(
            ["ec2:CreateTags"],
            [self._ec2("instance/*"), self._ec2("volume/*")],
            {"StringEquals": {"ec2:CreateAction": "RunInstances", **requested}},
        )
        self._allow_where(["iam:PassRole"], list(roles), {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
        self.allow(["ssm:GetParameters"], [f"arn:{Aws.PARTITION}:ssm:{Aws.REGION}::parameter{image}"])

    def reap_on_schedule(self, scheduler: aws_iam.Role) -> None:
        reap_hourly(self, scheduler, Step.REAP)

    @property
    def _images(self) -> str:
        """Those of AWS, which belong to no account of ours."""
        return f"arn:{Aws.PARTITION}:{_EC2}:{Aws.REGION}::image/*"

    def _ec2(self, resource: str) -> str:
        return f"arn:{Aws.PARTITION}:{_EC2}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"

    def _allow_where(self, actions: list[str], resources: list[str], conditions: dict[str, Any]) -> None:
        because = "Only what has the tags of a large run or comes from its launch template."
        self.allow(actions, resources, because=because, where=conditions)
