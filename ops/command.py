"""The command line: `ops <environment> <subject> <verb>`."""

import importlib
import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from ops.chosen import Chosen, environment_names
from ops.errors import ExitCode, UsageError
from ops.failures import reason_of
from ops.subjects import SUBJECTS, WITHOUT_ENVIRONMENT

_NOTES = "Exit codes: 0 done, 1 wrong there, 2 usage, 3 AWS refused; more in docs/ops.md.\n"


def _module(name: str) -> click.Command:
    command = importlib.import_module(f"ops.subjects.{name.replace('-', '_')}").commands
    assert isinstance(command, click.Command), name  # noqa: S101  (what a subject's module promises)
    return command


class _Subjects(click.Group):
    """The subjects of one environment."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(SUBJECTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return _module(cmd_name) if cmd_name in SUBJECTS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        _write_subjects(formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return _completed(SUBJECTS, incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        ctx.obj = ctx.obj or Chosen(str(self.name))
        return super().invoke(ctx)


class _Environments(click.Group):
    """Whose first word is an environment, or a command that needs none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return [*environment_names(), *WITHOUT_ENVIRONMENT]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name in WITHOUT_ENVIRONMENT:
            return _module(cmd_name)
        if cmd_name in SUBJECTS and not ctx.resilient_parsing:
            known = ", ".join(environment_names()) or "none yet: ops adopt writes one"
            raise UsageError(f"name the environment first: ops ENVIRONMENT {cmd_name} (there are: {known})")
        return _Subjects(cmd_name, help=f"What can be done with environment {cmd_name}.", subcommand_metavar="SUBJECT")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        return _completed(dict.fromkeys(environment_names(), "an environment") | WITHOUT_ENVIRONMENT, incomplete)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        formatter.write_usage("ops", "ENVIRONMENT SUBJECT [VERB] [OPTIONS | --help]")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Without a section for --help alone: the whole fits one screen."""
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        formatter.write_text(f"Environments: {', '.join(environment_names()) or 'none yet'}")
        _write_subjects(formatter)
        for name, text in WITHOUT_ENVIRONMENT.items():
            formatter.write_text(f"ops {name}: {text}")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        formatter.write(_NOTES)  # without a line before it: the whole fits one screen


def _completed(words: Mapping[str, str], incomplete: str) -> list[CompletionItem]:
    """Without importing what they stand for, as click would for its help."""
    return [CompletionItem(word, help=text) for word, text in words.items() if word.startswith(incomplete)]


def _write_subjects(formatter: click.HelpFormatter) -> None:
    with formatter.section("Subjects"):
        formatter.write_dl(list(SUBJECTS.items()))


root = _Environments("ops", help="Operate a deployed environment with the AWS credentials of the shell.")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; every failure is one line on standard error."""
    try:
        return int(root.main(arguments, prog_name="ops", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return ExitCode.USAGE
    except click.Abort:
        click.echo("ops: stopped", err=True)
        return ExitCode.STOPPED
    except BrokenPipeError:  # whoever reads this, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes what is left at its end
        return ExitCode.WRONG
    except Exception as error:  # noqa: BLE001  (the last resort: an operator gets a line, not a traceback)
        if os.environ.get("OPS_TRACEBACK"):
            traceback.print_exc()
        reason, code = reason_of(error)
        for line in reason.splitlines():
            click.echo(f"ops: {line}", err=True)
        return code
