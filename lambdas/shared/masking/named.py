"""Secrets that are found by the name before them, however the two are written."""

import re
from functools import cache
from typing import Final

from lambdas.shared.masking.looks import Look, kept_and_masked
from lambdas.shared.masking.names import NAME
from lambdas.shared.masking.tokens import services

KIND: Final = "a password"
_START = r"(?:(?<![\w.-])|(?<=\\[nrt]))"
"""The letter of an escaped line break belongs to no name."""
_IDENTIFIER = rf"{_START}(?!(?<=:)[\w.-]*+:)[\w.-]*?{NAME}"
"""Not the part of an ARN: `…:secret:rds-1`."""
_CLOSED = r"""(?:\\*["'`]|[\])]){0,3}"""
"""What ends a name: a quote, or the bracket of `form[password]`, escaped or not."""
_LINE = r"(?:\r?\n|\\+r\\+n|\\+n)"

_ASSIGNED = r"""[ \t]*+(?:=>|:{0,3}=|==|\?\??=|[.+|]=|\|\||:|%3[dDaA])(?:\s*+(?=\\*["'`])|[ \t]*+)"""
_TYPED = r"""(?:[ ]|:[ ]?)[&*]?[A-Za-z][\w.]{0,20}+[ ]?:?=[ ]?(?=["'`])"""
"""var token string = "…" """
_OF_A_PAIR = r"""[\s,;]{0,9}+\\*["']?[vV]alue\\*["']?\s*+[:=]\s*+(?=\\*["'])"""
""""name": "DB_PASSWORD", "value": "…" """
_OF_A_PART = rf"(?:;[^\r\n\\]{{0,80}}+)?(?:{_LINE}[\w-]+:[^\r\n\\]{{0,80}}+){{0,2}}{_LINE}{_LINE}"
"""Content-Disposition: form-data; name="password", an empty line, the value."""
_OPENED = r"""(?:[A-Za-z_][\w.]{0,30}+\(\s*+)?(?:[(\[][ ]?|\{(?!\{)[ ]?)?(?:[bBuUrRfFeE](?=["']))?"""
"""SecretStr('…'), ["…"], b'…'"""
_SCHEME = (
    r"(?i:bearer|basic|token|digest|negotiate|ntlm|bot|dpop|hawk|splunk|genie-?key|api-?key|aws4-hmac-sha256"
    r"|scram-sha-\d+)[ \t]++"
)
_QUOTE = r"""(?:(?P<depth>\\+)(?P<deep>["'`])|(?P<quote>["'`]))?"""

_PUBLIC = rf"""
    (?!(?:{_SCHEME})?{_OPENED}\\*["'`]?(?:
        arn:|\*\*\*(?!\w)
        |\$\(|\{{\{{
        |(?:\$\{{[^{{}}\s]{{1,80}}+\}}|\$[A-Z][A-Z0-9_]*+|%s|<[\w -]{{1,40}}+>|\[?(?i:masked|redacted|hidden)\]?)(?!\w)
        |(?i:none|null|nil|undefined|true|false)(?!\w)))
"""
"""No secret: a reference, what is filled in later, nothing at all, a mask."""
_IN_JSON = r"""
    (?:[^\\"]|(?!(?P=depth)(?P=deep))(?:(?:(?P=depth)\\){2}|(?P=depth)\\+["'`]|\\++(?!["'`])))+
"""
"""In JSON within JSON: up to a quote that is escaped as often as the first one.  Twice as often escapes a backslash."""
_IN_QUOTES = r"""(?:(?!(?P=quote))(?:[^\\]|\\[\s\S]?))+"""
_PLAIN = r"""(?:[^\s"'`,;&)}\]<>\\]|\\(?![nrt"'\\])|[,;&](?![\s"'`\\]|[\w.%[\]-]{1,40}+[=:]|$))+"""
"""A `,` or `&` is a part of it unless the next name or the end follows."""
_FURTHER_COOKIES = r"""(?:;[ ][\w.-]++=[^\s"',;&)}\]\\]++)*"""
_VALUE = rf"(?(deep){_IN_JSON}|(?(quote){_IN_QUOTES}|{_PLAIN}{_FURTHER_COOKIES}))"

_IN_PROSE = re.compile(
    r"[a-z] (?:[\w-]*(?:token|cookies?|auth\w*|credentials?|signature|jwt)|api key): ", re.IGNORECASE
)
_LONGEST_WORD = 12


def _unless_prose(match: re.Match[str]) -> str:
    """`invalid token: expired` says what happened; a password may be a word, a token is none."""
    value = match[0].removeprefix(match["kept"])
    a_word = value.isalpha() and value.islower() and len(value) <= _LONGEST_WORD
    in_prose = a_word and _IN_PROSE.fullmatch(match.string, max(match.start() - 2, 0), match.end("kept"))
    return match[0] if in_prose else kept_and_masked(match)


_ASSIGNMENT = rf"""
    (?P<kept>{_IDENTIFIER}{_CLOSED}(?:{_TYPED}|{_ASSIGNED}|(?<=["']){_OF_A_PAIR}){_PUBLIC}
        (?:{_SCHEME}|(?<=orization[:=][ ])[\w-]{{1,20}}+[ ](?=[\w.~+/=-]{{8}}))?{_OPENED}{_QUOTE})
    {_VALUE}
"""
_LISTED = rf"""
    (?P<kept>(?:\(|\[|(?<![\w-])--?(?=[\w-]*+["']))\s*+(?:(?P<around>\\*["'])[\w.-]*?{NAME}(?P=around)|(?<=-)[\w-]*?{NAME}\\*["'])
        \s*+,\s*+{_PUBLIC}(?:{_SCHEME})?{_OPENED}{_QUOTE})
    (?(deep){_IN_JSON}|(?(quote){_IN_QUOTES}|(?!)))
"""
"""put("TOKEN", "…"), ["Authorization", "…"], ["--password", "…"]"""
_VERB = r"(?i:is|was|must|may|can|has|needs|requires|takes|option|flag|argument|and|or|for|to|in|with)\b"
_OPTION = rf"""
    (?P<kept>(?<![\w-])--?(?=[A-Za-z])[\w-]*?{NAME}[ \t]++(?![-=:|]|{_VERB}){_PUBLIC}{_QUOTE}){_VALUE}
"""
_USER = r"""
    (?P<kept>(?<![\w-])(?:-[uU]|--(?:proxy-)?user)(?:["'],[ ]?|[ =]|(?=["']))[ \t]*+
        (?:(?P<outer>["'])[^"':\s]{0,80}+:|[^\s:"'=]{0,80}+:|(?P<each>["'])[^"']{0,80}+(?P=each):))
    (?![*]|\d++(?!\S)|["']?[$]|\s)(?(outer)[^"']++|(?:"[^"]*+"|'[^']*+'|[^\s"']++))
"""
"""curl -u user:password, but no numbers as of `docker run --user 1000:1000`"""
_COMMAND = r"""
    (?P<kept>\b(?:(?:mysql|mariadb)\w{0,8}\s(?:[^\n|;]{0,200}?\s)?-p|sshpass\s+-p\s*
        |curl\s(?:[^\n|;]{0,200}?\s)?-u(?=\w)[^\s:"']{1,80}+:))
    (?!\*\*\*)[^\s"']++
"""
"""mysql -p…, whose password follows without a blank"""
_ELEMENT = rf"""
    (?P<kept>(?:<|&lt;)(?=[A-Za-z])[\w:.-]{{0,80}}?{NAME}(?:[ ][^<>&]{{0,200}}+)?(?:>|&gt;)\s*+(?:<!\[CDATA\[)?)
    {_PUBLIC}(?:[^<&\]\s]|\s++(?=[^<&\s])|&(?!lt;)|\](?!\]>))+
"""
_ENTRY = rf"(?P<kept>{NAME}\s*+</\w{{1,20}}+>\s*+<[vV]alue>\s*+){_PUBLIC}[^<]++"
_PART = rf"""(?P<kept>name=\\*["']?[\w.\[\]-]*?{NAME}\]?\\*["']?{_OF_A_PART}){_PUBLIC}[^\r\n\\]++"""
_STATEMENT = r"""(?P<kept>\b(?i:password|identified\s+by)\s+(?:[eE]|[uU]&)?')(?!\*\*\*')(?:[^'\\]|''|\\[\s\S]?)+"""
"""ALTER ROLE app PASSWORD '…'"""

_SAID = rf"""
    (?P<kept>\b(?i:passw(?:or)?d|passphrase|passcode|pwd)[ ](?:(?i:is|was|of)[ ])?(?!\*\*\*){_PUBLIC}{_QUOTE})
    (?(deep){_IN_JSON}|(?(quote){_IN_QUOTES}|(?=[^\s"'`]*\d)(?=[^\s"'`]*[A-Za-z])[^\s"'`,;)\]}}\\]{{6,}}+))
"""
"""login failed with password "…": in quotes, or a word with a digit, which no other word of a sentence is"""

LOOKS = (
    Look(KIND, ("=", ":", '"', "'", "%3", "||"), _ASSIGNMENT, _unless_prose),
    Look(KIND, (",",), _LISTED),
    Look(KIND, ("-",), _OPTION),
    Look(KIND, (">", "&gt;"), _ELEMENT),
    Look(KIND, ("value>",), _ENTRY),
    Look(KIND, ("name=",), _PART),
    Look(KIND, ("passw", "passphrase", "passcode", "pwd"), _SAID),
)
"""Tried on a text that has one of the words of such names."""
WITHOUT_NAME = (
    Look(KIND, ("password", "identified"), _STATEMENT),
    Look(KIND, ("-u", "--user", "--proxy-user"), _USER),
    Look(KIND, ("mysql", "mariadb", "sshpass", "curl"), _COMMAND),
)


@cache
def service_key() -> Look:
    """HEROKU_KEY=…, where another service's key may be a harmless one.  Tried on a text that has a `key`."""
    expression = rf"""
        (?P<kept>{_START}(?=[\w.-]{{0,40}}?(?i:{"|".join(map(re.escape, services()))}))[\w.-]*?(?i:key)
            {_CLOSED}(?:{_TYPED}|{_ASSIGNED}){_QUOTE})
        (?=[\w=+:.-]{{0,40}}\d)[\w=+:.-]{{16,}}+
    """
    return Look(KIND, services(), expression)
