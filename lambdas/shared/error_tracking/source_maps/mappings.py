"""The field `mappings` of a source map, decoded into arrays.

PyPI's `ecma426` makes an object of each mapping, without a bound: 400 bytes for each, where these take 24.  The tests
compare the two.

https://tc39.es/ecma426/#sec-mappings
"""

from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lambdas.shared.error_tracking.source_maps.limits import MOST_MAPPINGS, SourceMapError

NOTHING: Final = 0xFFFF_FFFF
"""In place of a source or a name where there is none."""
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_COMMA, _SEMICOLON, _OTHER = 64, 65, 66
_CODES = bytes((_ALPHABET + b",;").find(byte) if byte in _ALPHABET + b",;" else _OTHER for byte in range(256))
"""By each byte of the text: its digit, or one of the three above."""
_CONTINUED, _BITS, _MASK = 32, 5, 31
_LONGEST: Final = 35
"""Digits of a mapping: five numbers of seven."""
_UNMAPPED, _MAPPED, _NAMED = 1, 4, 5


def _numbers() -> "array[int]":
    return array("I")


@dataclass
class Mappings:
    """Number n of each array is about mapping n; they are sorted by their place in the generated file.

    Lines and columns count from 0.
    """

    lines: "array[int]" = field(default_factory=lambda: array("I", [0]))
    """The number of the first mapping of each generated line, and at the end that of all."""
    columns: "array[int]" = field(default_factory=_numbers)
    sources: "array[int]" = field(default_factory=_numbers)
    original_lines: "array[int]" = field(default_factory=_numbers)
    original_columns: "array[int]" = field(default_factory=_numbers)
    names: "array[int]" = field(default_factory=_numbers)

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def parallel(self) -> tuple["array[int]", ...]:
        return self.columns, self.sources, self.original_lines, self.original_columns, self.names

    def end_line(self) -> None:
        self.lines.append(len(self))

    def refuse_more(self, others: int) -> None:
        """Raises SourceMapError when there would be too many with `others`."""
        if len(self) + len(self.lines) + others > MOST_MAPPINGS:
            raise SourceMapError(f"more than {MOST_MAPPINGS} mappings")


@dataclass(frozen=True)
class Among:
    """Of a list that several maps share, the part of one of them."""

    first: int
    count: int

    def number(self, own: int) -> int:
        if not 0 <= own < self.count:
            raise SourceMapError("a mapping names a source or a name that there is not")
        return self.first + own


def decode(into: Mappings, text: str, sources: Among, names: Among, column: int = 0) -> None:
    """Add what `text` says; its first line goes on in the last line of `into`, from `column` on.

    Raises SourceMapError.
    """
    into.refuse_more(text.count(",") + text.count(";"))
    decoder = _Decoder(into, sources, names)
    codes = text.encode("utf-8", "replace").translate(_CODES)
    for number, line in enumerate(codes.split(bytes([_SEMICOLON]))):
        if number:
            into.end_line()
        if line:
            decoder.add_line(line, 0 if number else column)


@dataclass
class _Decoder:
    """All but the column is relative to the mapping before."""

    into: Mappings
    sources: Among
    names: Among
    source: int = 0
    line: int = 0
    column: int = 0
    name: int = 0

    def add_line(self, codes: bytes, generated: int) -> None:
        start, is_sorted = len(self.into), True
        for segment in codes.split(bytes([_COMMA])):
            deltas = _deltas(segment)
            generated += deltas[0]
            is_sorted &= deltas[0] >= 0
            try:
                self._add(generated, deltas)
            except OverflowError:
                raise SourceMapError("a mapping's place is before the first or after the last one") from None
        if not is_sorted:
            _sort(self.into, start)

    def _add(self, generated: int, deltas: tuple[int, ...]) -> None:
        into, source, name = self.into, NOTHING, NOTHING
        if len(deltas) >= _MAPPED:
            self.source += deltas[1]
            self.line += deltas[2]
            self.column += deltas[3]
            source = self.sources.number(self.source)
            if len(deltas) == _NAMED:
                self.name += deltas[4]
                name = self.names.number(self.name)
        into.columns.append(generated)
        into.sources.append(source)
        into.original_lines.append(self.line)
        into.original_columns.append(self.column)
        into.names.append(name)


def _sort(mappings: Mappings, start: int) -> None:
    order = sorted(range(start, len(mappings)), key=mappings.columns.__getitem__)
    for numbers in mappings.parallel:
        numbers[start:] = array("I", [numbers[number] for number in order])


@lru_cache(maxsize=1 << 16)  # few different ones make up most of a map
def _deltas(codes: bytes) -> tuple[int, ...]:
    if len(codes) > _LONGEST or _OTHER in codes:
        raise SourceMapError("mappings hold what is no base64 VLQ")
    deltas, value, shift = [], 0, 0
    for digit in codes:
        value |= (digit & _MASK) << shift
        if digit & _CONTINUED:
            shift += _BITS
        else:
            deltas.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(deltas) not in (_UNMAPPED, _MAPPED, _NAMED):
        raise SourceMapError("mappings hold one of the wrong length")
    return tuple(deltas)
