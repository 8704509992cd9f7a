"""What no account can say, and what this one did not: answered by `--set`, by a person, or not at all."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from lambdas.vocabulary.instance_classes import INSTANCE_CLASSES
from ops.adopt.draft import Draft
from ops.errors import UsageError
from stacks.settings import Environment, ExistingDatabase
from stacks.settings.alerts import Alerts
from stacks.settings.api import Api
from stacks.settings.words import allowed_of

_SECTIONS: Final[dict[str, type[BaseModel]]] = {
    "": Environment,
    "database": ExistingDatabase,
    "alerts": Alerts,
    "api": Api,
}
_ENDPOINTS: Final = "uptime.endpoints"
_OPTIONAL: Final = (_ENDPOINTS, "api.log_group")
_LISTS: Final = ("alerts.email", "database.subnet_ids", "database.availability_zones", "database.route_table_ids")
_OF_A_NEW_CLASS: Final = ("database.instance_memory_gb", "database.instance_vcpus")


@dataclass(frozen=True)
class Question:
    key: str
    text: str
    required: bool


def questions_of(draft: Draft) -> list[Question]:
    """What is still to be said; a required setting that could not be read is among it."""
    required = [
        "owner",
        "alerts.email",
        *(f"database.{name}" for name, field in ExistingDatabase.model_fields.items() if field.is_required()),
        *(_OF_A_NEW_CLASS if draft.get("database.instance_class") not in INSTANCE_CLASSES else ()),
    ]
    return [Question(key, _text_of(key), key in required) for key in (*required, *_OPTIONAL) if draft.get(key) is None]


def answer(draft: Draft, key: str, text: str) -> None:
    """Put what a person wrote; raises UsageError for what the settings refuse."""
    draft.put(key, _value_of(key, text.strip()))
    if faults := draft.faults_of(key):
        section, _, name = key.rpartition(".")
        del (draft.content[section] if section else draft.content)[name]
        raise UsageError("\n".join(faults))


def answer_all(draft: Draft, given: tuple[str, ...]) -> None:
    """The texts of `--set`: `owner=Backend team`, `alerts.email=a@example.com,b@example.com`."""
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--set {text}: must be <setting>=<value>, such as owner='Backend team'")
        answer(draft, key.strip(), value)


def ask(draft: Draft, prompt: Callable[[Question], str], complain: Callable[[str], None]) -> None:
    """Ask until each answer is one that the settings accept; an optional one may be left empty."""
    for question in questions_of(draft):
        while text := prompt(question):
            try:
                answer(draft, question.key, text)
                break
            except UsageError as error:
                complain(str(error))


def _text_of(key: str) -> str:
    if key == _ENDPOINTS:
        return "The URL of a health endpoint that is probed, such as https://api.example.com/health"
    section, _, name = key.rpartition(".")
    field = _SECTIONS[section].model_fields[name]
    between = ", with commas between" if key in _LISTS else ""
    return f"{field.description} ({allowed_of(field)}{between})"


def _value_of(key: str, text: str) -> Any:
    if key == _ENDPOINTS and not text.startswith("["):
        return [{"name": "api", "url": text}]
    if key in _LISTS and not text.startswith("["):
        return [part.strip() for part in text.split(",")]
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
