"""`ops <environment> review <period>`."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from lambdas.review.make_review import QUIET
from lambdas.shared.clock import now
from lambdas.shared.quantities import moment
from lambdas.vocabulary.reports import HTML, MARKDOWN
from lambdas.vocabulary.reviews import Period, State
from ops.chosen import Chosen, pass_chosen
from ops.errors import OpsError
from ops.output import json_option, print_json, print_table
from ops.progress import waiting

KEPT: Final = timedelta(days=800)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("review")
@click.argument("period", type=click.Choice([period.value for period in Period]))
@click.option("--last", is_flag=True, help="the newest one that is kept, instead of a new one")
@click.option("--mail", is_flag=True, help="send the summary of a new one, as the schedule does")
@click.option("--html", type=_FILE, metavar="FILE", help="write a page there")
@click.option("--md", type=_FILE, metavar="FILE", help="write Markdown there")
@json_option
@pass_chosen
def commands(
    chosen: Chosen, period: str, html: Path | None, md: Path | None, *, last: bool, mail: bool, as_json: bool
) -> None:
    """Look back on the last seven days, the last month or quarter, or audit the dependencies.

    The deployed function makes the review, with its own rights, and keeps it.  A file that is there is not overwritten.
    """
    if last and mail:
        raise click.UsageError("--mail is for a new review, --last for one that was made")
    review = _newest(chosen, Period(period)) if last else _new(chosen, period, mail=mail)
    for file, name in ((html, HTML), (md, MARKDOWN)):
        if file:
            body = _document(chosen, review, name)
            with file.open("xb") as target:
                target.write(body)
    if as_json:
        print_json(review, in_ascii=True)
    else:
        _print(review)
    if not review["folder"]:
        click.echo(f"the report could not be kept: {review['not_kept']}", err=True)


def _new(chosen: Chosen, period: str, *, mail: bool) -> dict[str, Any]:
    with waiting("making the review"):
        review: dict[str, Any] = chosen.account.invoke("review", period=period, **{QUIET: not mail})
    return review


def _newest(chosen: Chosen, period: Period) -> dict[str, Any]:
    stored = chosen.account.reports().newest(period.kind, now(), KEPT)
    if stored is None:
        raise OpsError(f"no review of this kind is kept yet (ops {chosen.name} review {period} makes one)")
    return {**json.loads(stored.body), "folder": stored.folder, "not_kept": ""}


def _document(chosen: Chosen, review: dict[str, Any], name: str) -> bytes:
    if not review["folder"]:
        raise OpsError(f"the report could not be kept: {review['not_kept']} (--json prints what it says)")
    return chosen.account.reports().document(review["folder"], name)


def _print(review: dict[str, Any]) -> None:
    """The sections, the worst first."""
    states = list(State)
    ordered = sorted(review["sections"], key=lambda section: states.index(State(section["state"])))
    print_table(
        ("section", "state", "in one line"),
        [(section["heading"], section["state"], section["summary"]) for section in ordered],
    )
    click.echo()
    since, until = (moment(datetime.fromisoformat(review[name])) for name in ("since", "until"))
    click.echo(f"{review['verdict']}, from {since} to {until}")
