"""A statement's text without any constant: pg_stat_statements keeps those of utility statements and all comments."""

import re

LONGEST = 500  # characters
_CUT = "…"
_CONSTANT = "?"

# In the order in which they are tried at each place.  A constant that does not end, because the text was cut, goes to
# the end of the text.
_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\r\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<parameter> \$\d+ )
    | (?P<dollars> \$(?P<tag>[^\W\d]\w*)?\$ .*? (?:\$(?(tag)(?P=tag))\$|\Z) )
    | (?P<escaped> [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z|\\\Z) )
    | (?P<text> (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|\Z) )
    | (?P<identifier> "(?:[^"]|"")*(?:"|\Z) | [^\W\d][\w$]* )
    | (?P<number> \.?\d[\w.]*(?:(?<=[eE])[+-]\d+)? )
    """,
    re.VERBOSE | re.DOTALL,
)


def without_constants(statement: str) -> str:
    """The statement with `?` for each constant, without comments, on one line.

    What cannot be told apart for certain is cut off with all that follows.
    """
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(statement):
        parts.append(statement[end : token.start()])
        end = token.end()
        if _is_ambiguous(token):
            return _shown([*parts, _CUT])
        parts.append(_replacement(token))
    return _shown([*parts, statement[end:]])


def _is_ambiguous(token: re.Match[str]) -> bool:
    """Whether the token ends elsewhere under another setting (standard_conforming_strings) or comments are nested."""
    text = token.group()
    return (token.lastgroup == "text" and "\\" in text) or (token.lastgroup == "comment" and "/*" in text[2:])


def _replacement(token: re.Match[str]) -> str:
    if token["comment"]:
        return " "
    return token.group() if token["identifier"] or token["parameter"] else _CONSTANT


def _shown(parts: list[str]) -> str:
    text = " ".join("".join(parts).split())
    return text if len(text) <= LONGEST else text[:LONGEST] + _CUT
