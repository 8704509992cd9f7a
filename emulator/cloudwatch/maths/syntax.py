"""From an expression's text to its tree.

Weakest first: OR, AND, comparison, sum, product, minus sign, power.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.maths.tree import Call, Listing, Name, Negation, Node, Number, Operation, Text

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))"
)
_SAME = {"&&": "AND", "||": "OR"}
_LEVELS = (("OR",), ("AND",), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))


@lru_cache(maxsize=1024)
def parse(expression: str) -> Node:
    """The tree of an expression; raises MathsError with the position of the first mistake."""
    reader = _Reader(expression, _tokens(expression))
    tree = reader.level(0)
    if reader.left:
        raise reader.unexpected()
    return tree


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = expression.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise MathsError(f"cannot read {text[position:]!r} in expression {expression!r}")
        kind = found.lastgroup or ""
        tokens.append((kind, _SAME.get(found[kind], found[kind])))
        position = found.end()
    return tokens


class _Reader:
    def __init__(self, expression: str, tokens: list[tuple[str, str]]) -> None:
        self._expression, self._tokens, self._at = expression, tokens, 0

    @property
    def left(self) -> bool:
        return self._at < len(self._tokens)

    def unexpected(self) -> MathsError:
        found = self._tokens[self._at][1] if self.left else "the end"
        return MathsError(f"unexpected {found} in expression {self._expression!r}")

    def level(self, number: int) -> Node:
        """Operators of one strength, read from the left."""
        if number == len(_LEVELS):
            return self._signed()
        tree = self.level(number + 1)
        while self.left and self._tokens[self._at][1] in _LEVELS[number] and self._kind() != "text":
            sign = self._take()
            tree = Operation(sign, tree, self.level(number + 1))
        return tree

    def _signed(self) -> Node:
        if self._skip("-"):
            return Negation(self._signed())
        base = self._operand()
        return Operation("^", base, self._signed()) if self._skip("^") else base

    def _operand(self) -> Node:
        if not self.left:
            raise self.unexpected()
        kind = self._kind()
        readers: dict[str, Callable[[], Node]] = {
            "number": lambda: Number(float(self._take())),
            "text": lambda: Text(self._take()[1:-1]),
            "name": self._named,
            "sign": self._enclosed,
        }
        return readers[kind]()

    def _named(self) -> Node:
        name = self._take()
        return Call(name, self._items(")")) if self._skip("(") else Name(name)

    def _enclosed(self) -> Node:
        if self._skip("["):
            return Listing(self._items("]"))
        if not self._skip("("):
            raise self.unexpected()
        tree = self.level(0)
        self._expect(")")
        return tree

    def _items(self, closing: str) -> tuple[Node, ...]:
        if self._skip(closing):
            return ()
        items = [self.level(0)]
        while self._skip(","):
            items.append(self.level(0))
        self._expect(closing)
        return tuple(items)

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _skip(self, sign: str) -> bool:
        found = self.left and self._tokens[self._at] == ("sign", sign)
        self._at += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self.unexpected()
