"""`ops <environment> on-call <verb>`."""

from datetime import timedelta
from pathlib import Path

import click

from lambdas.shared.clock import now
from lambdas.shared.on_call.calendar import feed
from lambdas.shared.on_call.rotation import holes, shift_at, shifts
from lambdas.shared.quantities import counted
from lambdas.vocabulary.on_call import Override
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode, UsageError
from ops.on_call import change
from ops.on_call.address import address_of_calendar
from ops.on_call.shown import (
    NOBODY,
    OVERRIDE_HEADINGS,
    SHIFT_HEADINGS,
    override_document,
    override_row,
    shift_document,
    shift_row,
)
from ops.on_call.team import Team
from ops.output import json_option, print_fields, print_json, print_table

CHECKED = timedelta(weeks=4)
file_only_option = click.option(
    "--file-only", is_flag=True, help="by the environment file alone, without urgent overrides; needs no AWS"
)


@click.group()
def commands() -> None:
    """See who is on call, and change it. Times are read and shown in the rota's zone."""


def _team(chosen: Chosen, *, file_only: bool = False) -> Team:
    return Team(chosen, lambda text: click.echo(f"ops: {text}", err=True), file_only)


@commands.command("who")
@click.option("--at", metavar="TIME", help="then and not now, such as '2026-12-24 09:00'")
@file_only_option
@json_option
@pass_chosen
def show_who(chosen: Chosen, at: str | None, *, file_only: bool, as_json: bool) -> None:
    """Who is on call, until when, and who is next."""
    team = _team(chosen, file_only=file_only)
    moment = team.moment(at) if at else now()
    shift = shift_at(team.rota, moment, team.urgent)
    following = shift_at(team.rota, shift.until, team.urgent)
    if as_json:
        print_json({**shift_document(shift), "timezone": team.rota.timezone, "next": shift_document(following)})
        return
    print_fields(
        (
            ("primary", shift.person or NOBODY),
            ("backup", shift.backup or NOBODY),
            ("until", f"{team.shown(shift.until)} ({team.rota.timezone})"),
            ("then", f"{following.person or NOBODY}, with {following.backup or NOBODY} as the backup"),
        )
    )


@commands.command("calendar")
@click.option("--person", metavar="NAME", help="this person's shifts, as the primary or the backup")
@click.option("--weeks", type=click.IntRange(1, 104), default=4, show_default=True, metavar="N", help="how far ahead")
@click.option(
    "--ics", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE", help="write iCalendar; - prints"
)
@click.option("--address", is_flag=True, help="print where a calendar program subscribes to it")
@click.option("--new-address", is_flag=True, help="the same, and from now on no address works that was given before")
@file_only_option
@json_option
@pass_chosen
def show_calendar(
    chosen: Chosen,
    person: str | None,
    weeks: int,
    ics: Path | None,
    *,
    address: bool,
    new_address: bool,
    file_only: bool,
    as_json: bool,
) -> None:
    """The shifts from now on."""
    team, begin, ahead = _team(chosen, file_only=file_only), now(), timedelta(weeks=weeks)
    if person is not None:
        team.person(person)
    if address or new_address:
        click.echo(address_of_calendar(chosen.account, person, renewed=new_address))
        return
    if ics:
        text = feed(team.calendar(person), team.rota, begin, team.urgent, past=timedelta(0), ahead=ahead)
        with click.open_file(str(ics), "wb") as file:
            file.write(text.encode())
        return
    found = shifts(team.rota, shift_at(team.rota, begin, team.urgent).start, begin + ahead, team.urgent)
    shown = [shift for shift in found if person in (None, shift.person, shift.backup)]
    if as_json:
        print_json({"timezone": team.rota.timezone, "shifts": [shift_document(shift) for shift in shown]})
    elif shown:
        print_table(SHIFT_HEADINGS, [shift_row(team, shift) for shift in shown])
    else:
        click.echo(f"{person} is not on call in {counted(weeks, 'week')}")


@commands.command("check")
@file_only_option
@json_option
@pass_chosen
def check(chosen: Chosen, *, file_only: bool, as_json: bool) -> ExitCode:
    """Times of the next four weeks without a primary or a backup; ends with 1 where there is one."""
    team, begin = _team(chosen, file_only=file_only), now()
    found = list(holes(team.rota, begin, begin + CHECKED, team.urgent))
    if as_json:
        print_json({"timezone": team.rota.timezone, "holes": [shift_document(hole) for hole in found]})
    elif found:
        print_table(SHIFT_HEADINGS, [shift_row(team, hole) for hole in found])
    else:
        click.echo("a primary and a backup are on call at any time of the next four weeks")
    return ExitCode.WRONG if found else ExitCode.DONE


@commands.command("override")
@click.argument("person", required=False)
@click.option("--instead-of", metavar="NAME", help="who is replaced")
@click.option("--from", "start", metavar="TIME", help="from when on (left out: from now on)")
@click.option("--until", metavar="TIME", help="until when")
@click.option("--remove", metavar="ID", help="remove the urgent override with this id")
@json_option
@pass_chosen
def override(
    chosen: Chosen,
    person: str | None,
    *,
    instead_of: str | None,
    start: str | None,
    until: str | None,
    remove: str | None,
    as_json: bool,
) -> None:
    """Have PERSON on call instead of somebody, for a time and at once."""
    team = _team(chosen)
    if remove is not None:
        if any((person, instead_of, start, until)):
            raise UsageError("--remove stands alone: it names an override that is there")
        _remove(team, remove, as_json=as_json)
    elif person and instead_of and until:
        _add(team, change.wished(team, person, instead_of, start=start, until=until), as_json=as_json)
    else:
        raise UsageError("name PERSON, --instead-of and --until, or with --remove an override that is there")


def _remove(team: Team, identifier: str, *, as_json: bool) -> None:
    change.remove(team, identifier)
    if as_json:
        print_json({"removed": identifier})
    else:
        click.echo(f"override {identifier} is removed")


def _add(team: Team, wish: Override, *, as_json: bool) -> None:
    effective = change.changes_something(team, wish)
    identifier = change.add(team, wish)
    if as_json:
        print_json({**override_document(wish), "identifier": identifier, "changes_something": effective})
        return
    span = f"from {team.shown(wish.start)} until {team.shown(wish.until)} ({team.rota.timezone})"
    click.echo(f"{wish.person} is on call instead of {wish.instead_of} {span}: override {identifier}")
    if not effective:
        click.echo(f"nothing changes by it: {wish.instead_of} is not on call then (--remove {identifier})")


@commands.command("overrides")
@json_option
@pass_chosen
def show_overrides(chosen: Chosen, *, as_json: bool) -> None:
    """The overrides that have not ended: of the environment file, then urgent ones in the order of their making."""
    team, moment = _team(chosen), now()
    found = [each for each in (*team.rota.overrides, *team.urgent) if each.until > moment]
    if as_json:
        print_json({"timezone": team.rota.timezone, "overrides": [override_document(each) for each in found]})
    elif found:
        print_table(OVERRIDE_HEADINGS, [override_row(team, each) for each in found])
    else:
        click.echo("there is no override")
