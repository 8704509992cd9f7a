"""`ops adopt <instance>`."""

from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from lambdas.shared.quantities import counted
from ops.adopt.adopt import read
from ops.adopt.document import document
from ops.adopt.draft import Draft
from ops.adopt.questions import Question, answer_all, ask, questions_of
from ops.chosen import environments_folder
from ops.errors import UsageError
from ops.subjects import SUBJECTS, WITHOUT_ENVIRONMENT
from stacks.settings.types import Name


@click.command("adopt")
@click.argument("instance")
@click.option("--region", help="the instance's; default: the shell's")
@click.option("--name", help="of the environment and its file; default: the instance's")
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="a setting, such as owner='Backend team'")
@click.option("--no-input", is_flag=True, help="ask nothing, and fail with a list of what is missing")
def commands(instance: str, region: str | None, name: str | None, given: tuple[str, ...], *, no_input: bool) -> None:
    """Write environments/NAME.toml for the RDS instance INSTANCE that exists, from what the account says.

    It changes nothing in the account.  The folder is the one that ENVIRONMENTS names.
    """
    name = _checked(name or instance)
    draft, title = read(instance, region, environments_folder() / f"{name}.toml")
    answer_all(draft, given)
    _report(draft)
    if not no_input:
        ask(draft, _prompt, lambda text: click.echo(text, err=True))
    missing = [f"{question.key}: {question.text}" for question in questions_of(draft) if question.required]
    if missing:
        raise UsageError("\n".join(["missing, say each with --set KEY=VALUE:", *missing]))
    if faults := draft.faults():
        raise UsageError("\n".join(faults))
    with draft.file.open("x") as output:
        output.write(document(draft, title))
    click.echo(f"{draft.file} is written; check it, then: make synth ENV={name}")


def _checked(name: str) -> str:
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise UsageError(
            f"{name!r} is no name of an environment: 1 to 16 lower-case letters and digits, with single dashes between"
            " them (choose one: --name prod)"
        ) from None
    if name in {*SUBJECTS, *WITHOUT_ENVIRONMENT}:
        raise UsageError(f"an environment called {name!r} could not be named to ops (choose another: --name prod)")
    return name


def _report(draft: Draft) -> None:
    settings = sum(len(it) if isinstance(it, dict) else 1 for it in draft.content.values())
    click.echo(f"{counted(settings, 'setting')} read or given", err=True)
    for key, note in draft.notes.items():
        click.echo(f"  {key}: {note}", err=True)
    for what, why in draft.unread.items():
        click.echo(f"! not read: {what}: {why}", err=True)


def _prompt(question: Question) -> str:
    default: dict[str, Any] = {} if question.required else {"default": "", "show_default": False}
    optional = "" if question.required else " [none]"
    text: str = click.prompt(f"{question.text}{optional}", err=True, **default)
    return text
