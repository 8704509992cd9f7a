"""Errors: where they arrive, what groups them into issues, the alarms on them; and the view of the operator."""

from typing import Any

from aws_cdk import CfnOutput, Stack, aws_iam, aws_sqs
from constructs import Construct

from lambdas.vocabulary.error_tracking import FRONT_URL
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from stacks.alarms.errors import error_alarms
from stacks.alarms.spec import Alarms
from stacks.functions import error_intake, error_releases
from stacks.functions.deployment_record import DeploymentRecord
from stacks.functions.error_digest import ErrorDigest
from stacks.functions.error_intake import ErrorIntake
from stacks.functions.error_relay import ErrorRelay, relay_queue
from stacks.functions.error_releases import ErrorReleases
from stacks.functions.error_test import ErrorTest
from stacks.functions.operator_action import OperatorAction
from stacks.functions.operator_view import OperatorView
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.resources.error_store import WAITING, ErrorStore, queue
from stacks.resources.http_front import HttpFront
from stacks.settings import Environment

TRIES = 10


class ErrorsStack(Stack):
    """The front, and what is behind it, is there where the environment file has a project.

    The operator's view shows errors and incidents, and is here in either case: it never changes its stack when one of
    them is switched on or off.  CloudFormation would refuse functions whose names another stack has still.
    """

    def __init__(
        self, scope: Construct, identifier: str, *, environment: Environment, alarms: Alarms, **stack: Any
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.platform = Platform.of(self, environment, alarms)
        store = self._track(environment, alarms) if environment.errors.enabled else None
        OperatorView(self, platform=self.platform, store=store)
        OperatorAction(self, platform=self.platform, store=store)

    def _track(self, environment: Environment, alarms: Alarms) -> ErrorStore:
        self.store = ErrorStore(self, environment)
        scheduler = scheduler_role(self, environment, "errors")
        waiting = self._open_front(environment, alarms, scheduler) if environment.errors.projects else None
        digest = ErrorDigest(
            self, platform=self.platform, store=self.store, topic=alarms.topics[Level.MEDIUM], waiting=waiting
        )
        digest.run_on_schedule(scheduler)
        if environment.errors.deployments:
            DeploymentRecord(self, platform=self.platform, store=self.store)
        return self.store

    def _open_front(self, environment: Environment, alarms: Alarms, scheduler: aws_iam.Role) -> aws_sqs.IQueue:
        """Returns the queue of what clients sent."""
        waiting = _queue(self, environment, alarms)
        relayed = relay_queue(self, environment) if environment.errors.relay_parameter else None
        intake = ErrorIntake(self, platform=self.platform, store=self.store, waiting=waiting, relayed=relayed)
        releases = ErrorReleases(self, platform=self.platform, store=self.store)
        keys = sum(project.quota_per_minute * len(project.keys) for project in environment.errors.projects)
        # Twice the quota: what is above it is answered by the function, which says when to try again.
        routes = {error_intake.PATH: intake, **dict.fromkeys(error_releases.PATHS, releases)}
        front = HttpFront(
            self,
            environment,
            "errors",
            routes,
            per_minute=2 * keys,
            checked_by_function="Clients have a DSN's key or a token, which the function checks.",
        )
        if relayed:
            ErrorRelay(self, platform=self.platform, store=self.store, relayed=relayed, own_host=front.host)
        test = ErrorTest(self, platform=self.platform, store=self.store, front_url=front.url)
        test.run_on_schedule(scheduler)
        alarms.make(self, error_alarms(environment, waiting))
        output = CfnOutput(self, FRONT_URL, value=front.url, description="Where Sentry's clients reach the tracker")
        output.override_logical_id(FRONT_URL)  # `ops … errors dsn` asks for it by this name
        return waiting


def _queue(scope: Construct, environment: Environment, alarms: Alarms) -> aws_sqs.Queue:
    """From the intake to the digest: nothing is lost while that fails."""
    return queue(
        scope,
        "Queue",
        physical_name(environment, "errors"),
        WAITING,
        dead_letter_queue=aws_sqs.DeadLetterQueue(queue=alarms.dead_letters, max_receive_count=TRIES),
    )
