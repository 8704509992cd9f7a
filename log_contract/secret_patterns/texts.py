"""What a regular expression matches: one text of it, its first characters, whether it ends."""

import re
from random import Random
from re import _constants, _parser  # type: ignore[attr-defined]  # there is no public reader of expressions
from typing import Any

MOST_STARTS = 256
_MORE = 8  # repetitions beyond the least
_ANYTHING = "abcdef"
_CATEGORIES = {
    _constants.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyz0123456789_",
    _constants.CATEGORY_DIGIT: "0123456789",
    _constants.CATEGORY_SPACE: " ",
    _constants.CATEGORY_NOT_SPACE: "abcdefghijklmnopqrstuvwxyz0123456789",
}


def text_of(expression: str, random: Random) -> str:
    """A text that `expression` matches."""
    return _text(_parsed(expression), random)


class _TooManyError(Exception):
    """A match may start in more ways than anybody wants to list."""


def starts_of(expression: str, length: int) -> frozenset[str]:
    """Every way in which its matches start, in lower case; none when there are too many to list."""
    try:
        found = {text[:length].lower() for text in _starts(_parsed(expression), length)}
    except _TooManyError:
        return frozenset()
    return frozenset(found) if all(len(text) == length for text in found) else frozenset()


def is_endless(expression: str) -> bool:
    """Whether a match may be of any length."""
    return bool(_parsed(expression).getwidth()[1] >= _constants.MAXREPEAT)


def is_endless_before_its_end(expression: str) -> bool:
    """Whether something is asked for behind a part of any length: to miss it, all of a text may be read each time."""
    return _endless_before_more(_parsed(expression))


def _endless_before_more(parsed: Any) -> bool:
    operations = list(parsed)
    for at, (operation, value) in enumerate(operations):
        asked_for_more = _width(operations[at + 1 :])[0] > 0
        if asked_for_more and _width(operations[at : at + 1])[1] >= _constants.MAXREPEAT:
            return True
        if any(map(_endless_before_more, _alternatives(operation, value))):
            return True
    return False


def _alternatives(operation: Any, value: Any) -> list[Any]:
    if operation is _constants.SUBPATTERN:
        return [value[-1]]
    return list(value[1]) if operation is _constants.BRANCH else []


def _width(operations: list[Any]) -> tuple[int, int]:
    """The least and the greatest length of what they match."""
    least, most = _parser.SubPattern(_parser.State(), operations).getwidth()
    return least, most


def _parsed(expression: str) -> Any:
    return _parser.parse(python_of(expression))


def python_of(expression: str) -> str:
    """Go's expression as Python writes it: flags in the middle hold for the rest of their group."""
    text = expression.replace("[[:alnum:]]", "[A-Za-z0-9]").replace(r"\z", r"\Z")
    while (found := re.search(r"(?<=.)\(\?i\)", text)) and found.start():
        end = _group_end(text, found.end())
        text = f"{text[: found.start()]}(?i:{text[found.end() : end]}){text[end:]}"
    return text


def _group_end(text: str, at: int) -> int:
    """Where the group ends in which `at` is."""
    depth = 0
    for token in re.finditer(r"\\.|\[(?:\\.|[^\]])*\]|[()]", text[at:]):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth < 0:
            return at + token.start()
    return len(text)


def _text(parsed: Any, random: Random) -> str:
    return "".join(_one(operation, value, random) for operation, value in parsed)


def _one(operation: Any, value: Any, random: Random) -> str:
    match operation:
        case _constants.LITERAL:
            return chr(value)
        case _constants.IN:
            return random.choice(_characters(value))
        case _constants.ANY | _constants.NOT_LITERAL:
            return random.choice(_ANYTHING)
    return "".join(_text(inner, random) for inner in _inner(operation, value, random))


def _inner(operation: Any, value: Any, random: Random) -> list[Any]:
    """What a repetition, a group or a choice comes to; nothing for a boundary."""
    match operation:
        case _constants.MAX_REPEAT | _constants.MIN_REPEAT | _constants.POSSESSIVE_REPEAT:
            least, most, inner = value
            return [inner] * random.randint(least, min(most, least + _MORE))
        case _constants.SUBPATTERN:
            return [value[-1]]
        case _constants.BRANCH:
            return [random.choice(value[1])]
    return []


def _characters(members: Any) -> str:
    if members and members[0][0] == _constants.NEGATE:
        return _ANYTHING
    found = ""
    for kind, value in members:
        match kind:
            case _constants.LITERAL:
                found += chr(value)
            case _constants.RANGE:
                found += "".join(map(chr, range(value[0], value[1] + 1)))
            case _constants.CATEGORY:
                found += _CATEGORIES[value]
    return found


def _starts(parsed: Any, length: int) -> set[str]:
    found = {""}
    for operation, value in parsed:
        if all(len(text) >= length for text in found):
            break
        more = _starts_of_one(operation, value, length - min(map(len, found)))
        found = {text if len(text) >= length else text + next_ for text in found for next_ in more}
        if len(found) > MOST_STARTS:
            raise _TooManyError
    return found


def _repeated(one: set[str], least: int, most: int, length: int) -> set[str]:
    found, all_ = {""}, {""} if not least else set()
    for times in range(1, min(most, length) + 1):
        found = {text + more for text in found for more in one}
        if len(found) > MOST_STARTS:
            raise _TooManyError
        all_ |= found if times >= min(least, length) else set()
    return all_


def _starts_of_one(operation: Any, value: Any, length: int) -> set[str]:
    match operation:
        case _constants.LITERAL:
            return {chr(value)}
        case _constants.IN:
            return set(_characters(value).lower())
        case _constants.MAX_REPEAT | _constants.MIN_REPEAT:
            least, most, inner = value
            return _repeated(_starts(inner, length), least, most, length)
        case _constants.SUBPATTERN:
            return _starts(value[-1], length)
        case _constants.BRANCH:
            return {text for branch in value[1] for text in _starts(branch, length)}
        case _:
            return {""}
