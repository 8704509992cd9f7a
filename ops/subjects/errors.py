"""`ops <environment> errors <verb>`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

from lambdas.error_test.envelope import NotAcceptedError
from lambdas.error_test.send_and_wait import LostError, Waiting, send_and_wait
from lambdas.operator_action.apply import Actor, RefusedActionError, apply
from lambdas.operator_action.wish import (
    LONGEST_MUTE,
    LONGEST_WINDOW,
    MOST_EVENTS,
    MOST_MERGED,
    Change,
    Merge,
    Reopen,
    Resolve,
    Wish,
    mute_of,
)
from lambdas.operator_view import parameters
from lambdas.operator_view.parameters import BadParameterError
from lambdas.operator_view.view import NotFoundError
from lambdas.operator_view.views import issue as one_issue
from lambdas.operator_view.views.issues import Filter
from lambdas.shared.clock import now
from lambdas.shared.error_tracking.users import hashed_user
from lambdas.shared.quantities import counted
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.error_tracking import Resolution
from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.errors_tracked.forget import SampleObjects, forget_user
from ops.errors_tracked.shown import event_lines, issue_fields, issue_row, line, release_document, release_row
from ops.errors_tracked.tracker import Tracker
from ops.output import json_option, print_fields, print_json, print_table
from ops.progress import waiting

_PROJECT = "of which project (left out: the first one)"
project_option = click.option("--project", metavar="NAME", help=_PROJECT)


@click.group()
def commands() -> None:
    """See errors, and say which of them are resolved."""


@commands.command("list")
@project_option
@click.option("--state", type=click.Choice([*map(str, Filter)]), default="unresolved", show_default=True)
@click.option("--newest", type=click.IntRange(1, 1000), default=25, show_default=True, metavar="N", help="how many")
@json_option
@pass_chosen
def show_issues(chosen: Chosen, project: str | None, state: str, newest: int, *, as_json: bool) -> None:
    """The issues, the one seen last first."""
    tracker = Tracker(chosen.account)
    name = tracker.project(project)
    found = tracker.errors.issues(name, Filter(state).states, limit=newest)
    if as_json:
        print_json({"project": name, "issues": [encode(each) for each in found]}, in_ascii=True)
    elif found:
        headings, at = ("issue", "state", "title", "events", "users", "last seen", "release"), now()
        print_table(headings, [issue_row(each, at) for each in found], right=(3, 4))
    else:
        click.echo(f"no {'' if state == Filter.ALL else f'{state} '}issue in {name}")


@commands.command("show")
@click.argument("issue")
@project_option
@click.option("--sample", type=int, default=1, show_default=True, metavar="N", help="which one; 1 is the newest")
@json_option
@pass_chosen
def show_issue(chosen: Chosen, issue: str, project: str | None, sample: int, *, as_json: bool) -> None:
    """One ISSUE, with the stack of a sample."""
    tracker = Tracker(chosen.account)
    sources, asked = tracker.sources(), {"project": tracker.project(project), "id": issue, "sample": sample}
    with _as_operator_errors():
        shown = one_issue.read(one_issue.asking(asked, sources), sources)
    if as_json:
        hours, releases = list(shown.hours), dict(shown.releases)
        document = {"issue": encode(shown.issue), "hours": hours, "releases": releases, "event": shown.event}
        print_json(document, in_ascii=True)
        return
    print_fields(issue_fields(shown, now()))
    for said in event_lines(shown):
        click.echo(said)


@commands.command("resolve")
@click.argument("issue")
@click.option("--in-release", metavar="VERSION", help="this release has the fix; older ones never reopen it")
@click.option("--in-next-release", is_flag=True, help="the release after the one that runs here has the fix")
@project_option
@pass_chosen
def resolve(chosen: Chosen, issue: str, in_release: str | None, project: str | None, *, in_next_release: bool) -> None:
    """Say that ISSUE is resolved.

    From then on an event of a release that has the fix is a regression.
    """
    if in_release is not None and in_next_release:
        raise UsageError("--in-release and --in-next-release exclude each other")
    kind = Resolution.IN_NEXT_RELEASE if in_next_release else Resolution.NOW
    with _as_operator_errors():
        change = Resolve(kind)
        if in_release is not None:
            change = Resolve(Resolution.IN_RELEASE, parameters.release({"release": in_release}))
    _apply(chosen, project, issue, change)


@commands.command("mute")
@click.argument("issue")
@click.option("--hours", type=click.IntRange(1, LONGEST_MUTE // timedelta(hours=1)), metavar="N", help="for so long")
@click.option("--events", type=click.IntRange(1, MOST_EVENTS), metavar="N", help="until so many more came")
@click.option("--window", type=click.IntRange(1, LONGEST_WINDOW), metavar="MIN", help="... within so many minutes")
@project_option
@pass_chosen
def mute(
    chosen: Chosen, issue: str, *, hours: int | None, events: int | None, window: int | None, project: str | None
) -> None:
    """Notify nobody of ISSUE; for ever without an option."""
    with _as_operator_errors():
        change = mute_of(hours or 0, events or 0, window or 0)
    _apply(chosen, project, issue, change)


@commands.command("reopen")
@click.argument("issue")
@project_option
@pass_chosen
def reopen(chosen: Chosen, issue: str, project: str | None) -> None:
    """End what `resolve` or `mute` said of ISSUE."""
    _apply(chosen, project, issue, Reopen())


@commands.command("merge")
@click.argument("into")
@click.argument("others", nargs=-1, required=True)
@project_option
@pass_chosen
def merge(chosen: Chosen, into: str, others: tuple[str, ...], project: str | None) -> None:
    """Make OTHERS part of the issue INTO.

    Their events are counted to it now and in future.  It cannot be undone.
    """
    with _as_operator_errors():
        change = Merge(parameters.identifiers({"others": others}, "others", MOST_MERGED))
    _apply(chosen, project, into, change)


@commands.command("releases")
@project_option
@click.option("--newest", type=click.IntRange(1, 100), default=20, show_default=True, metavar="N", help="how many")
@json_option
@pass_chosen
def show_releases(chosen: Chosen, project: str | None, newest: int, *, as_json: bool) -> None:
    """The releases, the newest first."""
    tracker = Tracker(chosen.account)
    name = tracker.project(project)
    found = [
        (release, tracker.errors.sessions(name, release.version))
        for release in tracker.errors.releases(name, limit=newest)
    ]
    if as_json:
        print_json({"project": name, "releases": [release_document(*each) for each in found]}, in_ascii=True)
    elif found:
        headings = ("release", "made", f"deployed to {chosen.settings.name}", "commits", "crash-free")
        rows = [release_row(release, chosen.settings.name, sessions) for release, sessions in found]
        print_table(headings, rows, right=(3, 4))
    else:
        click.echo(f"no release in {name}")


@commands.command("dsn")
@project_option
@json_option
@pass_chosen
def show_dsns(chosen: Chosen, project: str | None, *, as_json: bool) -> None:
    """The DSNs, and what a backend and sentry-cli need."""
    found = Tracker(chosen.account).dsns(project)
    if as_json:
        print_json({"dsns": [{"project": name, "dsn": str(dsn)} for name, dsn in found]})
        return
    for name, dsn in found:
        click.echo(f"# {name}, in server.js, before anything else is imported")
        click.echo(f'Sentry.init({{ dsn: "{dsn}", environment: "{chosen.settings.name}", release: "VERSION" }});')
        click.echo(f"# {name}, for sentry-cli; the token is the one of the project's token_parameter")
        click.echo(f"export SENTRY_URL={dsn.front_url} SENTRY_ORG={chosen.settings.service} SENTRY_PROJECT={name}")
        click.echo("export SENTRY_AUTH_TOKEN=…")


@commands.command("test")
@project_option
@click.option("--patience", type=click.IntRange(1, 900), default=60, show_default=True, metavar="SECONDS")
@pass_chosen
def send_test_error(chosen: Chosen, project: str | None, patience: int) -> ExitCode:
    """Send a test error the whole way.

    Ends with 1 when it does not arrive.
    """
    tracker = Tracker(chosen.account)
    _, dsn = tracker.dsns(project)[0]
    try:
        with waiting("sending a test error, and waiting until it counts to an issue"):
            arrived = send_and_wait(dsn, tracker.errors, operator(), Waiting(timedelta(seconds=patience)))
    except (NotAcceptedError, LostError) as error:
        raise OpsError(line(str(error), 400)) from error
    click.echo(f"arrived after {arrived.seconds:.1f} s: event {arrived.event_id}, issue {arrived.issue}")
    return ExitCode.DONE


@commands.command("forget-user")
@click.argument("user")
@project_option
@pass_chosen
def forget(chosen: Chosen, user: str, project: str | None) -> None:
    """Delete what is kept of USER.

    That is the id, e-mail address or name by which the application knows somebody.  Searches all samples.
    """
    tracker = Tracker(chosen.account)
    samples = SampleObjects(tracker.account.client("s3"), tracker.bucket)
    hashed = hashed_user(user, chosen.settings.name)
    with waiting("searching the samples"):
        forgotten = forget_user(tracker.errors, samples, tracker.project(project), hashed)
    click.echo(
        f"removed from {counted(forgotten.issues, 'issue')}; {counted(forgotten.events, 'event')} in"
        f" {counted(forgotten.objects, 'object')} of samples"
    )


def _apply(chosen: Chosen, project: str | None, issue: str, change: Change) -> None:
    tracker = Tracker(chosen.account)
    with _as_operator_errors():
        wish = Wish(tracker.project(project), parameters.identifier({"id": issue}), change)
        said = apply(tracker.errors, chosen.settings.name, wish, Actor(operator(), now()))
    click.echo(line(said))


@contextmanager
def _as_operator_errors() -> Iterator[None]:
    """What the functions of views and actions raise, as a command ends with it."""
    try:
        yield
    except BadParameterError as error:
        raise UsageError(str(error)) from error
    except (NotFoundError, RefusedActionError) as error:
        raise OpsError(line(str(error), 400)) from error
