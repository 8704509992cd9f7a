"""`ops <environment> status <verb>`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import click

from lambdas.shared.clock import now
from lambdas.shared.status_notes.checked import BadNoteError
from lambdas.shared.status_notes.notes import Impact, Note, Stage
from lambdas.shared.status_notes.write import (
    RefusedNoteError,
    announce,
    cancel_maintenance,
    end_maintenance,
    publish,
    update,
)
from ops.chosen import Chosen, pass_chosen
from ops.errors import OpsError, UsageError
from ops.output import json_option, print_json, print_table
from ops.progress import waiting
from ops.status_notes.page import StatusPage
from ops.status_notes.shown import HEADINGS, document_of, lines_of, newest_first, row_of
from ops.times import time_of

_stage = partial(click.option, "--state", "stage", type=click.Choice([*map(str, Stage)]))
_impact = partial(click.option, "--impact", type=click.Choice([*map(str, Impact)]))
_text = partial(click.option, "--text", metavar="TEXT", help="what readers of the page are to know")
_services = partial(click.option, "--services", metavar="A,B", help="names of endpoints that the page shows")


@click.group()
def commands() -> None:
    """Publish incidents and maintenance on the status page."""


@commands.command("publish")
@click.argument("title")
@_services(required=True)
@_stage(default=str(Stage.INVESTIGATING), show_default=True)
@_impact(required=True)
@_text(required=True)
@json_option
@pass_chosen
def publish_incident(
    chosen: Chosen, title: str, *, services: str, stage: str, impact: str, text: str, as_json: bool
) -> None:
    """Publish an incident called TITLE."""
    page = StatusPage(chosen.account)
    with _as_operator_errors():
        note = publish(
            page.notes,
            page.author(),
            title,
            services=services.split(","),
            public=page.public,
            stage=Stage(stage),
            impact=Impact(impact),
            text=text,
        )
    _written(page, note, as_json=as_json)


@commands.command("update")
@click.argument("incident")
@_stage(required=True)
@_impact()
@_text(required=True)
@json_option
@pass_chosen
def update_incident(chosen: Chosen, incident: str, *, stage: str, impact: str | None, text: str, as_json: bool) -> None:
    """Say how far the work on INCIDENT is; `--state resolved` ends it."""
    page = StatusPage(chosen.account)
    with _as_operator_errors():
        changed = Impact(impact) if impact else None
        note = update(page.notes, page.author(), incident, stage=Stage(stage), text=text, impact=changed)
    _written(page, note, as_json=as_json)


@commands.command("maintenance")
@click.argument("title", required=False)
@_services()
@click.option("--from", "start", metavar="TIME", help="such as 2026-12-01T02:00, in UTC, or now")
@click.option("--until", metavar="TIME", help="the same")
@_text()
@click.option("--end", metavar="ID", help="end one that is in progress: from now on, downtime counts")
@click.option("--cancel", metavar="ID", help="call off one that has not begun")
@json_option
@pass_chosen
def plan_maintenance(
    chosen: Chosen,
    title: str | None,
    *,
    services: str | None,
    start: str | None,
    until: str | None,
    text: str | None,
    end: str | None,
    cancel: str | None,
    as_json: bool,
) -> None:
    """Announce maintenance called TITLE, or end or cancel one.

    What fails in that time is not counted in the uptime.  Alarms stay as they are: `alerts mute` mutes them.
    """
    page = StatusPage(chosen.account)
    author, announced = page.author(), (title, services, start, until, text)
    if sum((any(each is not None for each in announced), end is not None, cancel is not None)) != 1:
        raise UsageError("announce maintenance (TITLE and its options), or name one to --end or to --cancel")
    with _as_operator_errors():
        note: Note
        if end is not None:
            note = end_maintenance(page.notes, author, end)
        elif cancel is not None:
            note = cancel_maintenance(page.notes, author, cancel)
        elif title is None or services is None or start is None or until is None or text is None:
            raise UsageError("maintenance needs TITLE, --services, --from, --until and --text")
        else:
            note = announce(
                page.notes,
                author,
                title,
                services=services.split(","),
                public=page.public,
                start=_time("--from", start, author.at),
                until=_time("--until", until, author.at),
                text=text,
            )
    _written(page, note, as_json=as_json)


@commands.command("list")
@json_option
@pass_chosen
def show_notes(chosen: Chosen, *, as_json: bool) -> None:
    """What was published and announced, newest first."""
    found, at = newest_first(StatusPage(chosen.account).notes.notes()), now()
    if as_json:
        print_json({"notes": [document_of(note, at) for note in found]})
    elif found:
        print_table(HEADINGS, [row_of(note, at) for note in found])
    else:
        click.echo("nothing was published or announced")


def _written(page: StatusPage, note: Note, *, as_json: bool) -> None:
    at = now()
    if not as_json:
        for said in lines_of(note, at):
            click.echo(said)
    with waiting("writing the page"):
        address = page.write_now(note.id)
    if as_json:
        print_json({"page": address, "note": document_of(note, at)})
    else:
        click.echo(f"readers see it within a minute: {address}")


def _time(option: str, written: str, at: datetime) -> datetime:
    """`now`, or as `time_of` reads it."""
    return at if written == "now" else time_of(option, written)


@contextmanager
def _as_operator_errors() -> Iterator[None]:
    """What the functions raise, as a command ends with it."""
    try:
        yield
    except BadNoteError as error:
        raise UsageError(str(error)) from error
    except RefusedNoteError as error:
        raise OpsError(str(error)) from error
