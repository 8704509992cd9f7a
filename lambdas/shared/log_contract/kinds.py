"""The kinds of value that a field holds: as a check, in words, and as JSON Schema."""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """A text of which the whole matches `pattern`."""

    must_be: str
    remedy: str
    pattern: str = r"[\s\S]+"

    def holds(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "description": self.must_be}


@dataclass(frozen=True)
class OneOf:
    values: tuple[str, ...]
    remedy: str

    @property
    def must_be(self) -> str:
        return f"one of {', '.join(self.values)}"

    def holds(self, value: object) -> bool:
        return value in self.values

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class Number:
    """From `least` to `most`; a whole one where `whole`."""

    must_be: str
    remedy: str
    least: float
    most: float
    whole: bool = False

    def holds(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            return False
        return self.least <= value <= self.most

    def schema(self) -> dict[str, Any]:
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.least, "maximum": self.most, "description": self.must_be}


@dataclass(frozen=True)
class YesOrNo:
    remedy: str
    must_be: str = "true or false"

    def holds(self, value: object) -> bool:
        return isinstance(value, bool)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


Kind = Text | OneOf | Number | YesOrNo
