"""The draft as a TOML file with its remarks."""

import json
from collections.abc import Iterator
from typing import Any

from ops.adopt.draft import Draft

_FIRST = ("name", "account", "region", "owner")
_SECTIONS = ("alerts", "database", "security", "api")
_HINTS = {
    "database": (
        'critical_tables = []  # name those whose content must come back, such as "public.orders"',
        "sql_assertions = []  # queries that must answer true on any restored backup",
    )
}  # fmt: skip


def document(draft: Draft, title: str) -> str:
    """The whole file; what could not be read stands at its head."""
    return "\n".join(_lines(draft, title)) + "\n"


def _lines(draft: Draft, title: str) -> Iterator[str]:
    yield f"# {title}"
    yield "# docs/settings.md lists every setting; what is not written here has the default given there."
    if draft.unread:
        yield "#"
        yield "# Not read from the account:"
        yield from (f"# - {what}: {why}" for what, why in draft.unread.items())
    for name in (*_FIRST, *(other for other in draft.content if other not in _FIRST)):
        if name in draft.content and not isinstance(draft.content[name], dict):
            yield _setting(draft, name, name, draft.content[name])
    sections = [name for name, table in draft.content.items() if isinstance(table, dict)]
    for section in sorted(sections, key=lambda name: (name not in _SECTIONS, *(name != it for it in _SECTIONS))):
        yield from _section(draft, section)


def _section(draft: Draft, section: str) -> Iterator[str]:
    table = draft.content[section]
    plain = {name: value for name, value in table.items() if not _is_tables(value)}
    if plain:
        yield f"\n[{section}]"
        yield from (_setting(draft, f"{section}.{name}", name, value) for name, value in plain.items())
        yield from (f"# {hint}" for hint in _HINTS.get(section, ()))
    for name in table.keys() - plain.keys():
        for entry in table[name]:
            yield f"\n[[{section}.{name}]]"
            yield from (f"{key} = {_toml(value)}" for key, value in entry.items())


def _setting(draft: Draft, key: str, name: str, value: Any) -> str:
    note = draft.notes.get(key)
    return f"{name} = {_toml(value)}" + (f"  # {note}" if note else "")


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _toml(value: Any) -> str:
    """Texts, numbers, booleans and lists of them are written as in JSON."""
    return json.dumps(value, ensure_ascii=False)
