"""`ops <environment> checklist`."""

from pathlib import Path

import click

from lambdas.checklist.markdown import markdown as as_markdown
from lambdas.checklist.page import page
from lambdas.checklist.words import MARKS, by_section, counts, difference, headline
from lambdas.shared.quantities import moment
from lambdas.vocabulary.checklist import BAD, Answer, Report, Section
from lambdas.vocabulary.codec import decode
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode
from ops.output import json_option, print_json
from ops.progress import waiting


@click.command("checklist")
@click.option(
    "--section",
    "sections",
    multiple=True,
    type=click.Choice([section.value for section in Section]),
    help="only this one; may be repeated",
)
@click.option("--all", "show_all", is_flag=True, help="also what passes, with what was seen")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="write a page there")
@click.option("--md", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="write Markdown there")
@json_option
@pass_chosen
def commands(
    chosen: Chosen, sections: tuple[str, ...], html: Path | None, md: Path | None, *, show_all: bool, as_json: bool
) -> ExitCode:
    """Is the environment ready for production?  Ends with 1 while a blocker is open.

    The deployed function answers, with its own rights; all sections together are kept as evidence.  A file that is
    there is not overwritten.
    """
    with waiting("asking the account"):
        answered = chosen.account.invoke("checklist", **({"sections": list(sections)} if sections else {}))
    report = decode(Report, answered, ignore_unknown=True)
    for file, body in ((html, page), (md, lambda it: as_markdown(it).encode())):
        if file:
            with file.open("xb") as target:
                target.write(body(report))
    if as_json:
        print_json({"ready": report.ready, **answered}, in_ascii=True)
    else:
        _print(report, show_all=show_all)
    return ExitCode.DONE if report.ready else ExitCode.WRONG


def _print(report: Report, *, show_all: bool) -> None:
    if report.changed:
        click.echo(f"Changed since {moment(report.compared_with or report.at)}:")
        for change in report.changed:
            click.echo(f"  {difference(change)}")
        click.echo()
    for section, answers in by_section(report):
        bad = [answer for answer in answers if show_all or answer.verdict in BAD]
        click.echo(f"{section.heading}: {len(answers) - sum(each.verdict in BAD for each in answers)}/{len(answers)}")
        for answer in bad:
            _print_answer(answer, show_all=show_all)
    click.echo()
    for note in report.notes:
        click.echo(f"soon: {note}")
    if report.not_kept:
        click.echo(f"the evidence was not kept: {report.not_kept}", err=True)
    click.echo(f"{headline(report)} ({counts(report)})")


def _print_answer(answer: Answer, *, show_all: bool) -> None:
    blocker = " [blocker]" if answer.blocks else ""
    click.echo(f"  {MARKS[answer.verdict]} {answer.question} {answer.verdict.value}{blocker}: {answer.text}")
    if answer.remedy:
        click.echo(f"      {answer.remedy}")
    if show_all:
        for seen in answer.seen:
            click.echo(f"      seen: {seen.resource} {seen.value}")
