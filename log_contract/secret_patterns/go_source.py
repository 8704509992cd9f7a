"""The sample texts in Betterleaks' rules: Go expressions of strings, evaluated as far as they are plain.

What calls a function that is not known here is left out, alone.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from log_contract.secret_patterns.texts import text_of

_TOKEN = re.compile(
    r"(?P<raw>`[^`]*`)|(?P<string>\"(?:[^\"\\]|\\.)*\")|(?P<comment>//[^\n]*|/\*[\s\S]*?\*/)"
    r"|(?P<type>\[\]string|map\[string\]string)|(?P<word>[A-Za-z_][\w.]*)|(?P<number>\d[\d.]*)|(?P<sign>\.\.\.|:=|\S)|\s+"
)
_FUNCTION = re.compile(r"^func ", re.MULTILINE)
_ID = re.compile(r"\bID:\s*\"([^\"]+)\"")
_ASSIGNED = re.compile(r"^\t(\w+)\s*:?=\s*(?=\S)", re.MULTILINE)
_SIZED = {
    "Numeric": "[0-9]",
    "Hex": "[a-f0-9]",
    "AlphaNumeric": "[a-z0-9]",
    "AlphaNumericExtendedShort": "[a-z0-9_-]",
    "AlphaNumericExtended": r"[a-z0-9=_\-]",
    "AlphaNumericExtendedLong": r"[a-z0-9\/=_\+\-]",
}


class UnknownExpressionError(Exception):
    """Not one of the plain expressions that are read here."""


@dataclass(frozen=True)
class Placed:
    """A secret that the set's own templates put behind a name, such as `{name}_TOKEN = "{secret}"`."""

    name: str
    secret: str


@dataclass
class Samples:
    """Of one rule: texts that hold its secret, and texts that only look as if."""

    secrets: list[str] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)

    def add(self, name: str, value: list[Any]) -> None:
        texts = [text for text in value if isinstance(text, str)]
        if name == "tps":
            self.secrets += texts
            self.placed += [text for text in value if isinstance(text, Placed)]
        elif name == "fps":
            self.harmless += texts


def samples_in(source: str) -> Iterator[tuple[str, Samples]]:
    """Each rule's identifier, and its samples."""
    for function in _FUNCTION.split(source):
        if found := _ID.search(function):
            yield found[1], _samples(function, Random(found[1]))  # noqa: S311  (a sample guards nothing)


def _samples(function: str, random: Random) -> Samples:
    samples, known = Samples(), {"tps": [], "fps": []}  # type: tuple[Samples, dict[str, Any]]
    for assigned in _ASSIGNED.finditer(function):
        reader = _Reader(_tokens(function[assigned.end() :]), known, random)
        try:
            value = reader.expression()
        except (UnknownExpressionError, StopIteration):
            continue
        known[assigned[1]] = value
    for name in ("tps", "fps"):
        samples.add(name, known[name] if isinstance(known[name], list) else [])
    return samples


def _tokens(source: str) -> list[tuple[str, str]]:
    found = ((match.lastgroup or "", match[0]) for match in _TOKEN.finditer(source))
    return [(kind, text) for kind, text in found if kind not in ("", "comment")]


@dataclass
class _Reader:
    tokens: list[tuple[str, str]]
    known: dict[str, Any]
    random: Random
    at: int = 0

    def expression(self) -> Any:
        value = self._term()
        while self._next_is("+"):
            value = _joined(value, self._term())
        return value

    def _term(self) -> Any:
        kind, text = self._take()
        if kind == "raw":
            return text[1:-1]
        if kind in ("string", "number"):
            return ast.literal_eval(text)
        if kind == "type":
            self._expect("{")
            return self._listed("}")
        if kind == "word":
            return self._called(text) if self._next_is("(") else self._named(text)
        raise UnknownExpressionError(text)

    def _called(self, name: str) -> Any:
        return _CALLS.get(name.rpartition(".")[2], _unknown)(self._listed(")"), self.random)

    def _named(self, name: str) -> Any:
        if name not in self.known:
            raise UnknownExpressionError(name)
        return self.known[name]

    def _listed(self, end: str) -> list[Any]:
        """What stands between brackets; an element that cannot be read is left out, a map's keys are, too."""
        values: list[Any] = []
        while not self._next_is(end):
            start = self.at
            try:
                value = self.expression()
                if self._next_is(":"):
                    value = self.expression()
                values += value if self._next_is("...") else [value]
            except UnknownExpressionError:
                self.at = start
                self._skip_element()
                if end == ")":
                    values.append(None)
            self._next_is(",")
        return values

    def _skip_element(self) -> None:
        depth = 0
        while depth or self.tokens[self.at][1] not in (",", "}", ")"):
            depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(self._take()[1], 0)

    def _take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise StopIteration
        self.at += 1
        return self.tokens[self.at - 1]

    def _next_is(self, text: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at][1] == text
        self.at += found
        return found

    def _expect(self, text: str) -> None:
        if not self._next_is(text):
            raise UnknownExpressionError(text)


def _joined(left: Any, right: Any) -> str:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    raise UnknownExpressionError("+")


def _unknown(values: list[Any], _random: Random) -> Any:
    raise UnknownExpressionError(str(values))


def _made(values: list[Any], random: Random) -> Any:
    if not isinstance(values[0], str):
        raise UnknownExpressionError("a secret of no pattern")
    return text_of(values[0], random)


def _placed(values: list[Any], _random: Random) -> list[Placed]:
    name, secret = values
    if not (isinstance(name, str) and isinstance(secret, str)):
        raise UnknownExpressionError("a sample of no text")
    return [Placed(name, secret)]


def _one_placed(values: list[Any], random: Random) -> Placed:
    return _placed(values, random)[0]


def _appended(values: list[Any], _random: Random) -> list[Any]:
    return [*(values[0] or []), *(value for value in values[1:] if value is not None)]


def _uuid(_values: list[Any], _random: Random) -> str:
    return "-".join(f"[0-9a-f]{{{size}}}" for size in (8, 4, 4, 4, 12))


def _sized(alphabet: str) -> Callable[[list[Any], Random], Any]:
    return lambda values, _random: f"{alphabet}{{{values[0]}}}"


_CALLS: dict[str, Callable[[list[Any], Random], Any]] = {
    "NewSecret": _made,
    "NewSecretWithEntropy": _made,
    "newPlausibleSecret": _made,
    "GenerateSampleSecrets": _placed,
    "GenerateSampleSecret": _one_placed,
    "append": _appended,
    "Hex8_4_4_4_12": _uuid,
    **{name: _sized(alphabet) for name, alphabet in _SIZED.items()},
}
