"""How the stacks of one environment fit together."""

import itertools
import json
from pathlib import Path

import aws_cdk
from aws_cdk import Aspects, Tags, Validations, aws_dynamodb
from cdk_nag import AwsSolutionsChecks

from lambdas.vocabulary.names import physical_name
from stacks.alarms.complete import CompleteAlarms
from stacks.alerting_stack import AlertingStack
from stacks.backups_stack import BackupsStack
from stacks.copies_stack import CopiesStack
from stacks.database_stack import DatabaseStack
from stacks.endpoints_stack import EndpointsStack
from stacks.errors_stack import ErrorsStack
from stacks.incidents_stack import IncidentsStack
from stacks.monitoring_stack import MonitoringStack
from stacks.platform.room import refuse_full_stacks
from stacks.probe_region_stack import ProbeRegionStack
from stacks.reviews_stack import ReviewsStack
from stacks.security_stack import SecurityStack
from stacks.settings import Environment
from stacks.status_page_stack import StatusPageStack
from stacks.uptime_stack import UptimeStack


def new_app(directory: str | None = None, *, with_assets: bool = False) -> aws_cdk.App:
    """An app with the feature flags that the CDK's command line reads from `cdk.json`, for a synthesis without it.

    The cloud assembly goes to `directory` (default: a temporary one).  Its templates are to be read, not deployed: code
    and layers are copied into it only `with_assets`, which takes 170 MB and most of the time.
    """
    flags = json.loads((Path(__file__).parent.parent / "cdk.json").read_text())["context"]
    return aws_cdk.App(outdir=directory, context=flags | {"aws:cdk:disable-asset-staging": not with_assets})


def app_of(environment: Environment, directory: str | None = None) -> aws_cdk.App:
    """The app with the stacks of `environment`, to be synthesized; raises SettingsError as `compose` does."""
    app = new_app(directory)
    compose(app, environment)
    return app


def compose(app: aws_cdk.App, environment: Environment) -> None:
    """Add the stacks of `environment` to `app`, and the rules that every one of them keeps.

    Raises SettingsError for what shows only when the stacks are there, such as more resources than one can have.
    """
    target = _target(environment)

    def name(part: str) -> str:
        return physical_name(environment, part)

    alerting = AlertingStack(app, name("alerting"), environment=environment, env=target)
    database = DatabaseStack(app, name("database"), environment=environment, alarms=alerting.alarms, env=target)
    backups = BackupsStack(
        app,
        name("backups"),
        environment=environment,
        connection=database.connection,
        alarms=alerting.alarms,
        copies_key=_copies_key(app, environment),
        env=target,
    )
    uptime = UptimeStack(
        app,
        name("uptime"),
        environment=environment,
        connection=database.connection,
        alarms=alerting.alarms,
        env=target,
    )
    _make_room(app, uptime, alerting, environment)
    SecurityStack(
        app,
        name("security"),
        environment=environment,
        alerting=alerting,
        default_groups=[*database.default_groups, *backups.default_groups],
        env=target,
    )
    watched: list[aws_cdk.Stack] = [database, backups, uptime]
    if environment.errors.enabled or environment.on_call:
        watched.append(ErrorsStack(app, name("errors"), environment=environment, alarms=alerting.alarms, env=target))
    if environment.on_call:
        watched.append(
            IncidentsStack(
                app,
                name("incidents"),
                environment=environment,
                on_call=environment.on_call,
                alarms=alerting.alarms,
                instance=database.connection.instance_identifier,
                env=target,
            )
        )
    monitoring = MonitoringStack(
        app,
        name("monitoring"),
        environment=environment,
        connection=database.connection,
        alarms=alerting.alarms,
        env=target,
    )
    ReviewsStack(
        app,
        name("reviews"),
        environment=environment,
        alarms=alerting.alarms,
        backups_key=backups.key_arn,
        instance=database.connection.instance_identifier,
        env=target,
    )
    for stack in watched:  # it reads their log groups, and runs functions of theirs
        monitoring.add_stack_dependency(stack)
    for region in environment.uptime.probe_regions:
        there = aws_cdk.Environment(account=environment.account, region=region)
        ProbeRegionStack(app, name(f"probe-{region}"), environment=environment, env=there)
    if environment.uptime.status_page and uptime.states:
        _publish_status(app, uptime.states, alerting, environment)
    refuse_full_stacks(app)
    for key, value in {**environment.tags, "service": environment.service, "environment": environment.name}.items():
        Tags.of(app).add(key, value)
    keep_rules(app)


def _target(environment: Environment) -> aws_cdk.Environment:
    return aws_cdk.Environment(account=environment.account, region=environment.region)


def _copies_key(app: aws_cdk.App, environment: Environment) -> str | None:
    """The ARN of the key in the second region, where the backups have copies in one.

    CloudFormation reads it there when it deploys the backups, so the copies' stack is deployed before them: S3 takes no
    replication into a bucket that is not there.
    """
    region = environment.backups.copy_region
    if region is None:
        return None
    there = aws_cdk.Environment(account=environment.account, region=region)
    return CopiesStack(app, physical_name(environment, "copies"), environment=environment, env=there).key_arn


def _make_room(app: aws_cdk.App, uptime: UptimeStack, alerting: AlertingStack, environment: Environment) -> None:
    """Stacks for the endpoints that `uptime` has no room for, deployed the other way round: see there."""
    before: UptimeStack | EndpointsStack = uptime
    for number in itertools.count(2):
        if not before.without_room:
            return
        further = EndpointsStack(
            app,
            physical_name(environment, f"endpoints-{number}"),
            endpoints=before.without_room,
            alarms=alerting.alarms,
            env=_target(environment),
        )
        before.add_stack_dependency(further)
        before = further


def _publish_status(
    app: aws_cdk.App, states: aws_dynamodb.Table, alerting: AlertingStack, environment: Environment
) -> None:
    """The page's stack, after all others."""
    others = [stack for stack in app.node.children if isinstance(stack, aws_cdk.Stack)]
    page = StatusPageStack(
        app,
        physical_name(environment, "status-page"),
        environment=environment,
        states=states,
        alarms=alerting.alarms,
        env=_target(environment),
    )
    for stack in others:
        page.add_stack_dependency(stack)


def keep_rules(app: aws_cdk.App) -> None:
    """Refuse at synthesis what must never be deployed, whoever made it."""
    Aspects.of(app).add(CompleteAlarms())
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
