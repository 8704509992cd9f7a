"""An environment file while it is put together: its settings, remarks on them, and what could not be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from pydantic import ValidationError

from ops.failures import refusal
from stacks.settings import Environment
from stacks.settings.errors import lines_of


@dataclass
class Draft:
    file: Path
    content: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """By setting, such as `database.backup_retention_days`."""
    unread: dict[str, str] = field(default_factory=dict)
    """What could not be read, and why."""

    def put(self, key: str, value: Any, note: str | None = None) -> None:
        """`key` is `<setting>` or `<section>.<setting>`."""
        section, _, name = key.rpartition(".")
        table = self.content.setdefault(section, {}) if section else self.content
        table[name] = value
        if note:
            self.notes[key] = note

    def get(self, key: str) -> Any:
        section, _, name = key.rpartition(".")
        return (self.content.get(section, {}) if section else self.content).get(name)

    def faults(self) -> list[str]:
        """What the settings refuse of it, one line each."""
        try:
            Environment.model_validate(self.content)
        except ValidationError as error:
            return lines_of(self.file, Environment, error)
        return []

    def faults_of(self, key: str) -> list[str]:
        return [line for line in self.faults() if line.removeprefix(f"{self.file}: ").startswith(key)]

    @contextmanager
    def tolerating(self, what: str) -> Iterator[None]:
        """What AWS refuses to say is noted, and does not end the command."""
        try:
            yield
        except ClientError as error:
            self.unread[what] = refusal(error)
