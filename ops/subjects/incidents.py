"""`ops <environment> incidents <verb>`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from lambdas.operator_view.parameters import BadParameterError
from lambdas.operator_view.view import NotFoundError
from lambdas.shared.clock import now
from lambdas.shared.incidents.actions import overdue
from lambdas.shared.incidents.figures import months
from lambdas.shared.incidents.review.write import HTML, MARKDOWN
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Action, Answer
from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.incidents.desk import Desk, minutes_of
from ops.incidents.shown import action_row, incident_document, incident_fields, incident_lines, incident_row, month_row
from ops.output import json_option, print_fields, print_json, print_table

DAYS_OF_MONTH: Final = 31
_Command = TypeVar("_Command", bound=Callable[..., Any])
number_argument = click.argument("number", type=click.IntRange(1, 10**9 - 1))


def _answer_options(command: _Command) -> _Command:
    """Of every verb that answers."""
    said = click.option("--as", "person", metavar="PERSON", help="who answers (left out: your login name)")
    return json_option(said(command))


@click.group()
def commands() -> None:
    """See incidents, answer them, and follow up what reviews decided."""


@commands.command("list")
@click.option("--open", "only_open", is_flag=True, help="only open ones; ends with 1 while there is one")
@click.option("--days", type=click.IntRange(1, 730), default=90, show_default=True, metavar="N", help="how far back")
@json_option
@pass_chosen
def show_incidents(chosen: Chosen, days: int, *, only_open: bool, as_json: bool) -> ExitCode:
    """The incidents, newest first."""
    desk = Desk(chosen.account)
    if only_open:
        found = [each for each in reversed(desk.table.open_incidents()) if each.is_open]
    else:
        found = desk.sources().since(timedelta(days=days))
    if as_json:
        print_json({"incidents": [encode(each) for each in found]}, in_ascii=True)
    elif found:
        headings = ("no.", "state", "level", "title", "taken by", "opened (UTC)", "taken in", "ended in")
        print_table(headings, map(incident_row, found), right=(0,), name=3)
    else:
        click.echo("no incident is open" if only_open else f"no incident in {days} days")
    return ExitCode.WRONG if only_open and found else ExitCode.DONE


@commands.command("show")
@number_argument
@json_option
@pass_chosen
def show_incident(chosen: Chosen, number: int, *, as_json: bool) -> None:
    """One incident: who has it, what is suspect, and what happened when."""
    with _as_operator_errors():
        shown = Desk(chosen.account).shown(number)
    if as_json:
        print_json(incident_document(shown), in_ascii=True)
        return
    at = now()
    print_fields(incident_fields(shown, at))
    for line in incident_lines(shown, at):
        click.echo(line)


@commands.command("ack")
@number_argument
@_answer_options
@pass_chosen
def take(chosen: Chosen, number: int, person: str | None, *, as_json: bool) -> None:
    """Take an incident, or say that you are still on it."""
    _answer(chosen, number, Answer.TAKE, person, as_json=as_json)


@commands.command("snooze")
@number_argument
@click.option("--for", "lasts", required=True, metavar="30m|2h|morning", help="how long nobody is paged")
@_answer_options
@pass_chosen
def snooze(chosen: Chosen, number: int, lasts: str, person: str | None, *, as_json: bool) -> None:
    """Put an incident off."""
    _answer(chosen, number, Answer.SNOOZE, person, as_json=as_json, minutes=minutes_of(lasts))


@commands.command("cannot")
@number_argument
@_answer_options
@pass_chosen
def cannot(chosen: Chosen, number: int, person: str | None, *, as_json: bool) -> None:
    """Say that you cannot: the next one is paged at once."""
    _answer(chosen, number, Answer.CANNOT, person, as_json=as_json)


@commands.command("resolve")
@number_argument
@_answer_options
@pass_chosen
def resolve(chosen: Chosen, number: int, person: str | None, *, as_json: bool) -> None:
    """End what has no end by itself, such as a security finding."""
    _answer(chosen, number, Answer.RESOLVE, person, as_json=as_json)


@commands.command("note")
@number_argument
@click.argument("text")
@_answer_options
@pass_chosen
def note(chosen: Chosen, number: int, text: str, person: str | None, *, as_json: bool) -> None:
    """Write TEXT into the timeline."""
    _answer(chosen, number, Answer.NOTE, person, as_json=as_json, text=text)


@commands.command("review")
@number_argument
@click.option("--md", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="write Markdown there")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="write HTML there")
@json_option
@pass_chosen
def review(chosen: Chosen, number: int, md: Path | None, html: Path | None, *, as_json: bool) -> None:
    """The draft of an incident's post-mortem: printed as Markdown, or written to files.

    A file that is there is not overwritten.
    """
    named: list[tuple[str, Path | None]] = [(name, file) for name, file in ((MARKDOWN, md), (HTML, html)) if file]
    for name, file in named or [(MARKDOWN, None)]:
        with _as_operator_errors():
            body, is_stored = Desk(chosen.account).review(number, name)
        if file:
            with file.open("xb") as target:
                target.write(body)
        if as_json:
            written = {} if file else {"markdown": body.decode()}
            print_json({"incident": number, "stored": is_stored, "file": str(file or ""), **written}, in_ascii=True)
        elif not file:
            click.echo(body.decode(), nl=False)
        if not is_stored:
            click.echo("no draft is stored yet (it is when the incident is closed): this is one of now", err=True)


@commands.command("figures")
@click.option("--months", "number", type=click.IntRange(1, 24), default=6, show_default=True, metavar="N")
@json_option
@pass_chosen
def figures(chosen: Chosen, number: int, *, as_json: bool) -> None:
    """By month: how many, and how soon they were taken and ended.  Test pages are not counted."""
    desk = Desk(chosen.account)
    since = timedelta(days=DAYS_OF_MONTH * number)
    found = months(desk.sources().since(since), desk.on_call.timezone)[:number]
    if as_json:
        print_json({"months": [encode(each) for each in found]}, in_ascii=True)
    elif found:
        headings = (
            "month",
            "incidents",
            "taken: median",
            "worst",
            "ended: median",
            "worst",
            "untaken",
            "flapping",
            "tests",
        )
        print_table(headings, map(month_row, found), right=range(1, len(headings)))
    else:
        click.echo(f"no incident in {number} months")


@commands.command("actions")
@click.option("--overdue", "only_overdue", is_flag=True, help="only those; ends with 1 while there is one")
@json_option
@pass_chosen
def show_actions(chosen: Chosen, *, only_overdue: bool, as_json: bool) -> ExitCode:
    """What reviews decided to do, by its date."""
    today = now().astimezone(UTC).date()
    found = Desk(chosen.account).sources().actions()
    if only_overdue:
        found = overdue(found, today)
    if as_json:
        print_json({"actions": [encode(each) for each in found]}, in_ascii=True)
    elif found:
        headings = ("action", "incident", "what", "owner", "due", "state", "ticket")
        print_table(headings, [action_row(each, today) for each in found], right=(1,))
    else:
        click.echo("no action is overdue" if only_overdue else "no action was written down")
    return ExitCode.WRONG if only_overdue and found else ExitCode.DONE


@commands.group("action")
def action() -> None:
    """Write down what a review decided, and that it is done."""


@action.command("add")
@number_argument
@click.argument("text")
@click.option("--owner", required=True, metavar="PERSON", help="who does it")
@click.option("--due", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="until when")
@click.option("--ticket", default="", metavar="TEXT", help="where it is tracked")
@json_option
@pass_chosen
def add(chosen: Chosen, number: int, text: str, *, owner: str, due: datetime, ticket: str, as_json: bool) -> None:
    """Write down what an incident's review decided to do."""
    given = Action("", number, text.strip(), owner.strip(), due.date().isoformat(), ticket=ticket, by=operator())
    if not (given.text and given.owner):
        raise UsageError("an action has a text and an owner")
    with _as_operator_errors():
        identifier = Desk(chosen.account).add_action(given)
    _said(f"action {identifier} is written down", {"identifier": identifier}, as_json=as_json)


@action.command("done")
@click.argument("identifier")
@json_option
@pass_chosen
def done(chosen: Chosen, identifier: str, *, as_json: bool) -> None:
    """Say that an action is done."""
    Desk(chosen.account).end_action(identifier, operator())
    _said(f"action {identifier} is done", {"identifier": identifier}, as_json=as_json)


def _answer(chosen: Chosen, number: int, answer: Answer, person: str | None, *, as_json: bool, **more: Any) -> None:
    said = Desk(chosen.account).answer(number, answer, person, **more)
    _said(f"incident {number}: {said.get('text', 'done')}", said, as_json=as_json)


def _said(line: str, document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(document, in_ascii=True)
    else:
        click.echo(line)


@contextmanager
def _as_operator_errors() -> Iterator[None]:
    """What the functions of views raise, as a command ends with it."""
    try:
        yield
    except BadParameterError as error:
        raise UsageError(str(error)) from error
    except NotFoundError as error:
        raise OpsError(f"{error} (`incidents list` shows those that there are)") from error
