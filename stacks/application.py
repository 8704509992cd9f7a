"""How the stacks of one environment fit together."""

import json
from pathlib import Path

import aws_cdk
from aws_cdk import Aspects, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from lambdas.vocabulary.names import SERVICE
from stacks.alerting_stack import AlertingStack
from stacks.backups_stack import BackupsStack
from stacks.constructs.complete_alarms import CompleteAlarms
from stacks.database_stack import DatabaseStack
from stacks.endpoints_stack import EndpointsStack, without_room
from stacks.monitoring_stack import MonitoringStack
from stacks.place_stack import PlaceStack
from stacks.security_stack import SecurityStack
from stacks.settings import Environment
from stacks.uptime_stack import UptimeStack


def new_app(directory: str | None = None) -> aws_cdk.App:
    """An app with the feature flags that the CDK's command line reads from `cdk.json`, for a synthesis without it.

    The cloud assembly goes to `directory` (default: a temporary one).
    """
    flags = json.loads((Path(__file__).parent.parent / "cdk.json").read_text())["context"]
    return aws_cdk.App(outdir=directory, context=flags)


def compose(app: aws_cdk.App, environment: Environment) -> None:
    """Add the stacks of `environment` to `app`, and the rules that every one of them keeps."""
    target = aws_cdk.Environment(account=environment.account, region=environment.region)

    def name(part: str) -> str:
        return f"{SERVICE}-{environment.name}-{part}"

    alerting = AlertingStack(app, name("alerting"), environment=environment, env=target)
    database = DatabaseStack(app, name("database"), environment=environment, alarms=alerting.alarms, env=target)
    backups = BackupsStack(
        app,
        name("backups"),
        environment=environment,
        connection=database.connection,
        alarms=alerting.alarms,
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
    before: aws_cdk.Stack = uptime
    for number, endpoints in enumerate(without_room(environment.uptime), start=2):
        further = EndpointsStack(
            app,
            name(f"endpoints-{number}"),
            endpoints=endpoints,
            uptime=environment.uptime,
            alarms=alerting.alarms,
            env=target,
        )
        before.add_stack_dependency(further)  # deployed the other way round: see there
        before = further
    SecurityStack(app, name("security"), environment=environment, alerting=alerting, env=target)
    monitoring = MonitoringStack(
        app,
        name("monitoring"),
        environment=environment,
        connection=database.connection,
        database_down=uptime.database_down,
        alarms=alerting.alarms,
        env=target,
    )
    for stack in (database, backups, uptime):  # it reads log groups of the one, and runs functions of the others
        monitoring.add_stack_dependency(stack)
    for place in environment.uptime.places:
        there = aws_cdk.Environment(account=environment.account, region=place)
        PlaceStack(app, name(f"place-{place}"), environment=environment, place=place, env=there)
    Tags.of(app).add("service", SERVICE)
    Tags.of(app).add("environment", environment.name)
    keep_rules(app)


def keep_rules(app: aws_cdk.App) -> None:
    """Refuse at synthesis what must never be deployed, whoever made it."""
    Aspects.of(app).add(CompleteAlarms())
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
