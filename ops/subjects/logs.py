"""`ops <environment> logs <verb>`."""

from typing import BinaryIO

import click

from log_contract.tally import Tally
from ops.errors import ExitCode
from ops.output import json_option, print_json


@click.group()
def commands() -> None:
    """Check a backend's log lines."""


@commands.command("check")
@click.argument("file", type=click.File("rb"))
@click.option("--show", type=int, default=20, show_default=True, metavar="N", help="faults that are shown one by one")
@json_option
def check(file: BinaryIO, show: int, *, as_json: bool) -> ExitCode:
    """Hold FILE, or - for standard input, against the log contract.

    Ends with 1 when a line breaks it or there is none.  It reads neither the environment's file nor its account.
    """
    shown: list[tuple[int, str]] = []
    tally = Tally(show, (lambda *fault: shown.append(fault)) if as_json else _print_fault)
    tally.read(file)
    if as_json:
        print_json(_document(tally, shown))
    else:
        click.echo("\n".join(tally.summary()))
    return ExitCode.DONE if tally.holds else ExitCode.WRONG


def _print_fault(number: int, fault: str) -> None:
    click.echo(f"line {number}: {fault}")


def _document(tally: Tally, shown: list[tuple[int, str]]) -> dict[str, object]:
    return {
        "lines": tally.lines,
        "broken": tally.broken,
        "events": dict(tally.events.most_common()),
        "faults": [{"fault": fault, "times": times} for fault, times in tally.faults.most_common()],
        "first": [{"line": number, "fault": fault} for number, fault in shown],
    }
