"""What is wrong with an environment file, one line each: file, key, value and what is allowed."""

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from lambdas.shared.masking import kinds_in
from lambdas.shared.masking.forms import CARD, E_MAIL
from stacks.settings.section import REFUSED
from stacks.settings.words import allowed_in, allowed_of, fields_of, one_of, quoted, sections_of, tag_of

_SECRET = re.compile(r"://[^/\s]*@|\bpassword=[^\s']|\bAKIA[0-9A-Z]{16}\b|BEGIN [A-Z ]*PRIVATE KEY", re.IGNORECASE)

# Of these even the value that is refused stays unsaid: it may be the secret itself, where its name belongs.
_KEY_OF_A_SECRET = re.compile(r"secret|password|token|parameter|key", re.IGNORECASE)
_NO_SECRETS = {E_MAIL.kind, CARD.kind}  # an address that is mistyped is shown, and so is any number

_SECRET_HEADER = re.compile(r"authorization|cookie|token|secret|password|api[_-]?key", re.IGNORECASE)

Place = tuple[int | str, ...]


class SettingsError(Exception):
    """An environment file that cannot be used; its text is one line for each fault."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))


def refuse_secrets(file: Path, content: dict[str, Any]) -> None:
    """Raise SettingsError, without repeating them, for values that look like secrets: the file lies in git."""
    lines = [
        f"{file}: {_key(place)}: looks like a secret; keep it in Secrets Manager and write the secret's name here"
        for place, value in _leaves(content)
        if isinstance(value, str) and (_SECRET.search(value) or _is_secret_header(place))
    ]
    if lines:
        raise SettingsError(lines)


def lines_of(file: Path, model: type[BaseModel], error: ValidationError) -> list[str]:
    """Each of pydantic's findings about `model` as a line for people."""
    return [f"{file}: {_sentence(model, detail)}" for detail in error.errors(include_url=False)]


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> str:
    place, section, field = _resolve(model, detail["loc"])
    key, value = _key(place), detail["input"]
    match detail["type"]:
        case "extra_forbidden":  # its value stays unsaid: it may be a password
            return f"{key}: no such setting{_suggestion(section, str(place[-1]))}"
        case kind if kind == REFUSED:
            return f"{key}.{detail['msg']}"
        case "missing":
            return f"{key}: is missing; must be {_expected(field, place)}"
        case "union_tag_not_found":
            return f"{key}.{_tag(detail)}: is missing; must be {_tags(field)}"
        case "union_tag_invalid":
            return f"{_with_value(f'{key}.{_tag(detail)}', value[_tag(detail)])}: must be {_tags(field)}"
        case kind:
            reason = detail["ctx"]["error"] if kind == "value_error" else f"must be {_expected(field, place)}"
            return f"{_with_value(key, value)}: {reason}"


def _with_value(key: str, value: Any) -> str:
    """Without one where the setting was left out, as TOML has no word for nothing, and where it may be a secret."""
    if value is None or any(_may_be_secret((key, *place), leaf) for place, leaf in _leaves(value)):
        return key
    return f"{key} = {quoted(value)}"


def _may_be_secret(place: Place, value: Any) -> bool:
    keys = [part for part in place if isinstance(part, str)]
    if _KEY_OF_A_SECRET.search(keys[-1].rpartition(".")[2]):
        return True
    return isinstance(value, str) and bool(_SECRET.search(value) or set(kinds_in(value)) - _NO_SECRETS)


def _resolve(model: type[BaseModel], location: Place) -> tuple[Place, type[BaseModel], FieldInfo | None]:
    """A finding's place as the file has it (without the tag that pydantic adds), its section and its field."""
    place: list[int | str] = []
    section, field = model, None
    candidates: list[type[BaseModel]] = []
    for part in location:
        if len(candidates) > 1 and isinstance(part, str):
            section = next(candidate for candidate in candidates if tag_of(candidate) == part)
            candidates = []
            continue
        place.append(part)
        if isinstance(part, str) and (field is None or sections_of(field.annotation)):  # else a name in a plain table
            field = fields_of(section).get(part)
            candidates = sections_of(field.annotation) if field else []
            section = candidates[0] if len(candidates) == 1 else section
    return tuple(place), section, field


def _expected(field: FieldInfo | None, place: Place) -> str:
    if field is None or sections_of(field.annotation):
        name = _key(tuple(part for part in place if isinstance(part, str)))
        several = field is not None and get_origin(field.annotation) is tuple
        return f"sections of their own, [[{name}]]" if several else f"a section, [{name}]"
    return allowed_in(field) if isinstance(place[-1], int) else allowed_of(field)


def _tag(detail: ErrorDetails) -> str:
    """The setting by which pydantic chooses among sections."""
    name: str = detail["ctx"]["discriminator"]
    return name.strip("'")


def _tags(field: FieldInfo | None) -> str:
    return one_of([tag_of(section) for section in sections_of(field.annotation)] if field else [])


def _suggestion(section: type[BaseModel], key: str) -> str:
    known = fields_of(section)
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(known)}"


def _key(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _is_secret_header(place: Place) -> bool:
    """Whether a header's value stands in the file that should be kept elsewhere, by the header's name."""
    return place[-2:-1] == ("headers",) and bool(_SECRET_HEADER.search(str(place[-1])))


def _leaves(content: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from _leaves(value, (*place, key))
    else:
        yield place, content
