"""What holds for every text: facts stay, masking twice changes nothing, nothing is refused, time grows with length."""

import re
import time
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lambdas.shared import masking
from lambdas.shared.masking import masked, masked_text
from lambdas.shared.masking.looks import Look
from lambdas.shared.masking.tokens import LONG_WORD, _all_rules
from log_contract.secret_patterns.texts import text_of
from tests.unit.lambdas.shared.masking.public_samples import RULES

NAMES = ["password", "PGPASSWORD", "x-api-key", "token", "Authorization", "Cookie", "--secret", "-u", "IDENTIFIED BY"]
SIGNS = [
    "=",
    ":",
    ": ",
    " ",
    "=>",
    ",",
    ";",
    "&",
    "?",
    "\n",
    "\r\n\r\n",
    "'",
    '"',
    "`",
    "\\",
    '\\"',
    "(",
    ")",
    "[",
    "]",
]
SIGNS += [
    "{",
    "}",
    "<",
    ">",
    "</",
    "/>",
    "&lt;",
    "***",
    "[masked]",
    "arn:",
    "null",
    "${X}",
    "://",
    "@",
    "@tcp(",
    '\\\\\\"',
]
FORMS = [
    "user:pw",
    "redis://:p@h",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "ghp_",
    "glpat-",
    "AKIAIOSFODNN7EXAMPLE",
]
FORMS += [
    "4111111111111111",
    "ann@shop.example",
    "name=",
    "value",
    "heroku_key",
    "a",
    "1",
    "é",
    "-",
    "Bearer ",
    "Basic ",
]
PIECES = st.sampled_from(NAMES + SIGNS + FORMS)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join)


@given(TEXTS)
@example('password="***abc"')
@example("password=SecretStr('***')")
def test_masking_twice_is_masking_once(text):
    once = masked_text(text)
    assert masked_text(once) == once


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | PIECES, inner),
)


@given(VALUES)
def test_nothing_is_refused(value):
    masked(value)


def test_recursive_value_is_masked():
    """A value that holds itself or has no text is masked too."""

    class Broken:
        def __str__(self):
            raise ValueError

    endless = {"password": "hunter2"}
    endless["self"] = [endless]
    assert "hunter2" not in str(masked(endless))
    assert masked(Broken()) == "a Broken that has no text: ValueError"
    deep = []
    for _ in range(100_000):
        deep = [deep]
    masked(deep)


MILLISECONDS = 10**12  # of the clock, from 2001 on
FACTS = [
    st.integers(-(10**12), 10**12).map(str),  # with 13 digits and more, one in fifty is a card's number
    st.integers(MILLISECONDS, 4 * MILLISECONDS - 1).map(str),
    st.floats(allow_nan=False).map(str),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.uuids().map(str),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.ip_addresses().map(str),
    st.from_regex(
        r"arn:aws:[a-z]{2,12}:us-east-1:\d{12}:(?:function|secret|table)[:/][A-Za-z0-9_-]{1,30}", fullmatch=True
    ),
    st.from_regex(r"(?:[a-z]{1,8}/){1,4}\d{8}T\d{6}Z-[0-9a-f]{4}/[a-z]{1,9}\.json", fullmatch=True),
]


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
def test_facts_stay(facts):
    @given(facts)
    def stays(fact):
        assert masked_text(fact) == fact
        assert masked_text(f"request_id={fact} took 12 ms") == f"request_id={fact} took 12 ms"

    stays()


SEEDS = [
    *[":", "a@", "://", "://a:", "password", "1 ", "eyJ", "eyJ-", "eyJaaaaaaaa.", "a%", 'token="\\a', '\\"'],
    *["-u a:", "<password ", "<password>", "&lt;token", 'name="token"\\n', "PASSWORD '", "a:,", 'token("', '["token",'],
    *["token:", "token{{", "token=a,", "token=a; b", "cookie=a; b=c", "authorization: a ", "bearer ", "basic\t", "a=b"],
    *["-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "hooks/", "4111 ", "heroku_key=", "heroku-key-", "a.b-c_", "\\n"],
    *["token</a> <value>", "%3D", "aaa0Q~", "1" * 16 + "|", "a:b@", "a@b.c@", "://a:b@c", "identified by ", "token \t"],
    *[
        "mysql ",
        "mysql -",
        "curl -ua",
        "curl -u",
        "<token>]",
        "--password ",
        "Token: s",
        "password a1",
        "password is ",
        "password '",
    ],
]
GATES = "card 1234 password key heroku x ://q@ @tcp( %7c ' "
"""With it a text is looked at for everything."""


def _seconds(text):
    started = time.thread_time()
    masked_text(text)
    return time.thread_time() - started


def _grows_with_length(seed, size):
    """Eight times the text may take three times as much again: a square would take eight times."""
    texts = [f"{GATES}{seed * (length // len(seed) + 1)}é!" for length in (size, 8 * size)]
    short, long = (min(_seconds(text) for _ in range(2)) for text in texts)
    return long < 24 * max(short, 0.0005)


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_text_takes_linear_time(seed):
    """A hostile text takes time in proportion to its length."""
    assert any(_grows_with_length(seed, size) for size in (2_000, 4_000))


@pytest.mark.slow
def test_public_rules_are_linear():
    """The beginning of each rule's token, again and again in one text."""
    for rule in RULES:
        token = text_of(rule["regex"], Random(rule["id"]))  # noqa: S311
        for seed in (rule["starts"][0], token[: len(token) // 2], f"{token[:-1]}-"):
            assert any(_grows_with_length(seed, size) for size in (500, 2_000)), seed


def test_no_token_is_shorter():
    """Shorter words are not looked up."""
    for rule in RULES:
        tokens = [text_of(rule["regex"], Random(seed)) for seed in range(20)]  # noqa: S311
        assert all(re.match(LONG_WORD, token.lower()) for token in tokens), rule["regex"]
    assert min(re._parser.parse(rule.regex).getwidth()[0] for rule in _all_rules()) == 13


def test_no_expression_needs_a_newer_python():
    """Debian 12's Python 3.11.2 raises SystemError at a possessive or atomic group with groups in it (gh-101955)."""
    forms = [look.expression for look in vars(masking.forms).values() if isinstance(look, Look)]
    named = [
        look.expression for look in (*masking.named.LOOKS, *masking.named.WITHOUT_NAME, masking.named.service_key())
    ]
    tokens = [rule["regex"] for rule in RULES]
    for expression in (*forms, *named, *tokens):
        assert not re.search(r"\)(?:[?*+]|\{[\d,]+\})\+|\(\?>", expression), expression


def test_request_ids_stay_under_their_name():
    line = {"request_id": str(uuid4()), "trace_id": "1-5759e988-bd862e3fe1be46a994272793", "sha256": "9f" * 32}
    assert masked(line) == line
