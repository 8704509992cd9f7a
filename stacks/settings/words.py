"""What a setting may hold, in words: for the errors about it and for its documentation."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stacks.settings.types import Allowed

_LONGEST_VALUE = 80


def allowed_of(field: FieldInfo) -> str:
    """What a field may hold, as it stands after "must be" and in the documentation."""
    return _allowed(field.annotation, field.metadata)


def allowed_in(field: FieldInfo) -> str:
    """What each item of a field that is a list may hold."""
    return _allowed(get_args(field.annotation)[0], ())


def fields_of(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """Its settings by their names in the file; one of them is no name in Python."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def sections_of(annotation: Any) -> list[type[BaseModel]]:
    """The sections that a field may hold: none for a plain value, several for the modes of a database."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [section for part in get_args(annotation) for section in sections_of(part)]


def tag_of(section: type[BaseModel]) -> str:
    """What tells a section from the others that could stand in its place: its mode or its kind."""
    field = next(section.model_fields[name] for name in ("mode", "kind") if name in section.model_fields)
    tag: str = get_args(field.annotation)[0]
    return tag


def one_of(values: Sequence[Any]) -> str:
    words = ", ".join(map(quoted, values))
    return words if len(values) == 1 else f"one of {words}"


def quoted(value: Any) -> str:
    """The value as the file has it, in one line of readable length."""
    written = json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in written)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _allowed(annotation: Any, metadata: Sequence[Any]) -> str:  # noqa: PLR0911  (one return for each kind)
    if words := next((item.text for item in metadata if isinstance(item, Allowed)), None):
        return str(words)
    arguments = get_args(annotation)
    match get_origin(annotation) or annotation:
        case form if form is Annotated:
            return _allowed(arguments[0], annotation.__metadata__)
        case form if form is Literal:
            return one_of(arguments)
        case form if form is tuple:
            count = "one or more" if _bound(metadata, "min_length") else "any number"
            return f"a list of {count}, each {_allowed(arguments[0], ())}"
        case form if form in (int, float):
            return f"between {_bound(metadata, 'ge')} and {_bound(metadata, 'le')}"
        case form if form is bool:
            return "true or false"
    if type(None) in arguments:
        return _allowed(next(argument for argument in arguments if argument is not type(None)), metadata)
    raise TypeError(f"no words for what {annotation} allows: give its type an Allowed")


def _bound(metadata: Sequence[Any], name: str) -> Any:
    return next((getattr(item, name) for item in metadata if hasattr(item, name)), None)
