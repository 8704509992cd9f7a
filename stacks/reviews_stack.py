"""What looks at the whole from time to time: the checklist, the self-test, the reviews, and where reports are kept."""

from typing import Any

from aws_cdk import Duration, Stack, aws_s3
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.reports import bucket_of_reports
from stacks.alarms.spec import Alarms
from stacks.functions.checklist import Checklist
from stacks.functions.load_test import LoadTestFunction
from stacks.functions.review import Review
from stacks.functions.self_test import SelfTest
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.resources.private_bucket import private_bucket
from stacks.settings import Environment

KEPT = Duration.days(800)
"""Two years, so that a review has the same quarter of the year before."""


class ReviewsStack(Stack):
    """`instance` is the database's identifier at RDS, where it is known; `backups_key` the ARN of the backups' key."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        alarms: Alarms,
        backups_key: str,
        instance: str | None,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        platform = Platform.of(self, environment, alarms)
        reports = private_bucket(
            self,
            bucket_of_reports(environment, self.account, self.region),
            no_access_log="The functions that write reports and the team alone reach it.",
            lifecycle_rules=[aws_s3.LifecycleRule(expiration=KEPT)],
        )
        scheduler = scheduler_role(self, environment, "reviews")
        checklist = Checklist(
            self,
            platform=platform,
            reports=reports,
            backups_key=backups_key,
            medium=alarms.topics[Level.MEDIUM],
            instance=instance,
        )
        checklist.run_on_schedule(scheduler)
        self_test = SelfTest(self, platform=platform, reports=reports, medium=alarms.topics[Level.MEDIUM])
        self_test.run_on_schedule(scheduler)
        review = Review(
            self,
            platform=platform,
            reports=reports,
            backups_key=backups_key,
            low=alarms.topics[Level.LOW],
            instance=instance,
        )
        review.run_on_schedule(scheduler)
        if environment.load_test:
            LoadTestFunction(
                self, platform=platform, load_test=environment.load_test, reports=reports, backups_key=backups_key
            )
