"""The environment that a command is about: its file and its account, read when they are first needed."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import click

from ops.account import Account
from stacks.settings import Environment, load

ROOT: Final = Path(__file__).resolve().parent.parent


def environments_folder() -> Path:
    """A relative ENVIRONMENTS is relative to the clone, as for make, wherever the command is typed."""
    return ROOT / (os.environ.get("ENVIRONMENTS") or "environments")


def environment_names() -> list[str]:
    """Those that have a file; one with a dot in its name is an example."""
    return sorted(file.stem for file in environments_folder().glob("*.toml") if "." not in file.stem)


@dataclass(frozen=True)
class Chosen:
    name: str

    @cached_property
    def settings(self) -> Environment:
        """Raises SettingsError."""
        return load(self.name, environments_folder())

    @cached_property
    def account(self) -> Account:
        return Account.of(self.settings)

    def client(self, service: str) -> Any:
        return self.account.client(service)


pass_chosen = click.make_pass_decorator(Chosen)
