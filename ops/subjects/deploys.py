"""`ops <environment> deploys <verb>`."""

import re
from datetime import timedelta

import click

from lambdas.shared.clock import now
from lambdas.shared.error_tracking.deployments import BadDeploymentError
from lambdas.shared.error_tracking.versions import BadVersionError
from lambdas.shared.quantities import moment
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.error_tracking import Deployment
from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.errors import UsageError
from ops.errors_tracked.deployments import deployments_since, record_and_mark
from ops.errors_tracked.shown import line
from ops.errors_tracked.tracker import Tracker
from ops.output import json_option, print_json, print_table

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"([1-9]\d{0,3})([hdw])")
_NAME, _URL = 100, 500

project_option = click.option("--project", metavar="NAME", help="of which project")


@click.group()
def commands() -> None:
    """Record deployments, and see which there were."""


@commands.command("record")
@click.argument("version")
@click.option("--name", default="", metavar="TEXT", help="who or what deployed, such as the pipeline's run (else: you)")
@click.option("--url", default="", metavar="URL", help="where one sees it, such as the pipeline's page")
@project_option
@pass_chosen
def record(chosen: Chosen, version: str, name: str, url: str, project: str | None) -> None:
    """Record that VERSION was just deployed here.

    It is a mark in the dashboard's graphs, and the first suspect of an incident that opens within two hours.
    """
    tracker = _tracker(chosen)
    deployment = Deployment(chosen.settings.name, now(), name=line(name, _NAME) or operator(), url=url.strip())
    try:
        release = record_and_mark(tracker, tracker.project(project), version, deployment)
    except (BadVersionError, BadDeploymentError) as error:
        raise UsageError(str(error)) from error
    click.echo(f"{line(release.version)} is recorded as deployed to {chosen.settings.name}")


@commands.command("list")
@project_option
@click.option("--last", default="7d", show_default=True, metavar="SPAN", help="how far back: 12h, 7d, 4w")
@json_option
@pass_chosen
def show_deployments(chosen: Chosen, project: str | None, last: str, *, as_json: bool) -> None:
    """The deployments to this environment, the newest first; of all projects where none is named."""
    tracker, since = _tracker(chosen), now() - _span(last)
    found = deployments_since(tracker, [tracker.project(project)] if project else tracker.projects, since)
    if as_json:
        rows = [{"project": one.project, "version": one.version, **encode(one.deployment)} for one in found]
        print_json({"deployments": rows}, in_ascii=True)
    elif found:
        headings = ("version", "project", "deployed", "by", "url")
        print_table(
            headings,
            [
                (
                    line(one.version),
                    line(one.project),
                    moment(one.deployment.at),
                    line(one.deployment.name) or "-",
                    line(one.deployment.url, _URL) or "-",
                )
                for one in found
            ],
        )
    else:
        click.echo(f"no deployment to {chosen.settings.name} in the last {last}")


def _tracker(chosen: Chosen) -> Tracker:
    """Raises UsageError where errors, and with them releases, are not tracked."""
    if not chosen.settings.errors.enabled:
        raise UsageError("deployments are kept with the errors, which are not tracked here (set errors.enabled = true)")
    return Tracker(chosen.account)


def _span(written: str) -> timedelta:
    found = _SPAN.fullmatch(written)
    if not found:
        raise UsageError(f"--last {written!r} is no span of time (such as 12h, 7d or 4w)")
    return int(found[1]) * _UNITS[found[2]]
