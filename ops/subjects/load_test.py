"""`ops <environment> load-test <verb>`."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from lambdas.load_test.markdown import HEAD, markdown, row, summary
from lambdas.load_test.plan import MULTIPLES
from lambdas.load_test.runs import Run, Runs
from lambdas.shared.clock import now
from lambdas.shared.quantities import counted, duration, duration_of_seconds, moment
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.load_tests import LoadTestReport, Verdict
from lambdas.vocabulary.reports import Kind
from ops.account import operator
from ops.chosen import Chosen, pass_chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.output import json_option, print_fields, print_json, print_table
from ops.progress import waiting
from stacks.settings import LoadTest

KEPT: Final = timedelta(days=800)
"""How long reports are kept."""


class _PerMinute(click.ParamType[float]):
    name = "N/min"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).removesuffix("/min")
        if not text.isdecimal() or not int(text):
            self.fail(f"{value!r} is not a number of requests a minute, such as 600/min", param, ctx)
        return float(text)


@click.group()
def commands() -> None:
    """Put up to twice the busiest minute's requests on the API, and see what it stands (docs/load-test.md)."""


@commands.command("start")
@click.option(
    "--twice-of",
    "busiest",
    type=_PerMinute(),
    metavar="N/MIN",
    help="take this for the busiest minute; left out, it is that of 28 days",
)
@json_option
@pass_chosen
def start(chosen: Chosen, busiest: float | None, *, as_json: bool) -> ExitCode:
    """Run a load test and wait for it; ends with 1 unless it passed.  Ctrl-C stops it.

    It is refused while an alarm fires, and without a proven backup.  No alarm is muted for it.
    """
    section, runs = _section(chosen), _runs(chosen)
    event = {"id": uuid.uuid4().hex, "requested_by": operator(), "busiest_per_minute": busiest}
    longest = duration_of_seconds(len(MULTIPLES) * section.step_seconds)
    try:
        with waiting(f"load test of {counted(len(MULTIPLES), 'step')}, {longest} in all; Ctrl-C stops it"):
            answer = chosen.account.invoke("load_test", **event)
    except KeyboardInterrupt:
        _stop(runs)
        raise
    if reason := answer.get("refused"):
        raise OpsError(f"no load test: {reason.replace('ENVIRONMENT', chosen.name)}")
    report = decode(LoadTestReport, answer["report"], ignore_unknown=True)
    _print(report, as_json=as_json)
    return ExitCode.DONE if report.verdict is Verdict.PASSED else ExitCode.WRONG


@commands.command("status")
@json_option
@pass_chosen
def status(chosen: Chosen, *, as_json: bool) -> None:
    """Whether a load test goes on, and how far it is."""
    run = _runs(chosen).last()
    goes_on = bool(run and run.goes_on_at(now()))
    if as_json:
        print_json({"running": goes_on, "run": encode(run) if run else None}, in_ascii=True)
    elif run is None:
        click.echo(f"there was no load test yet: ops {chosen.name} load-test start runs one")
    else:
        _print_run(run, goes_on=goes_on)


@commands.command("stop")
@pass_chosen
def stop(chosen: Chosen) -> ExitCode:
    """Stop the load test that goes on, within five seconds; ends with 1 when there is none."""
    if not _stop(_runs(chosen)):
        click.echo("no load test goes on")
        return ExitCode.WRONG
    click.echo("it ends within five seconds")
    return ExitCode.DONE


@commands.command("report")
@click.option("--md", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="write Markdown there")
@json_option
@pass_chosen
def report(chosen: Chosen, md: Path | None, *, as_json: bool) -> None:
    """The report of the last load test.  A file that is there is not overwritten."""
    reports = chosen.account.reports()
    kept = reports.newest(Kind.LOAD_TEST, now(), KEPT)
    if kept is None:
        raise OpsError(f"no load test has a report yet (run one: ops {chosen.name} load-test start)")
    found = LoadTestReport.from_json(kept.body)
    if md:
        with md.open("x") as target:
            target.write(markdown(found))
    _print(found, as_json=as_json)


def _section(chosen: Chosen) -> LoadTest:
    """Raises UsageError where the environment has no load test."""
    if chosen.settings.load_test is None:
        raise UsageError(f"{chosen.name} has no load test: its file has no section [load_test] (docs/load-test.md)")
    return chosen.settings.load_test


def _runs(chosen: Chosen) -> Runs:
    _section(chosen)
    reports = chosen.account.reports()
    return Runs(reports.s3, reports.bucket)


def _stop(runs: Runs) -> bool:
    run = runs.last()
    if run is None or not run.goes_on_at(now()):
        return False
    runs.stop(run, operator())
    return True


def _print(report: LoadTestReport, *, as_json: bool) -> None:
    if as_json:
        print_json(encode(report), in_ascii=True)
        return
    print_table(HEAD, map(row, report.steps), right=range(len(HEAD) - 1))
    for line in (*summary(report), *report.notes):
        click.echo(line)


def _print_run(run: Run, *, goes_on: bool) -> None:
    ended = f"ended {moment(run.ended_at)}" if run.ended_at else "was lost: read its function's log"
    print_fields(
        [
            ("state", f"goes on, until {moment(run.until)} at the latest" if goes_on else ended),
            ("started", f"{moment(run.started_at)}, {duration(now() - run.started_at)} ago, by {run.requested_by}"),
            ("last", run.doing or "it begins"),
        ]
    )
