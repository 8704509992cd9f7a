"""The public set's Go sources and expressions are read as they are meant."""

import re
from random import Random

import pytest

from log_contract.secret_patterns.go_source import Placed, samples_in
from log_contract.secret_patterns.rules import rules_in
from log_contract.secret_patterns.texts import is_endless_before_its_end, python_of, starts_of, text_of

SOURCE = """
func Example() *config.Rule {
	r := config.Rule{ID: "example-token", Regex: `x`}
	key := "exa_" + secrets.NewSecret(utils.Hex("4")) // a comment "with" text
	tps := utils.GenerateSampleSecrets("example", key)
	tps = append(tps, `raw \\d`, "line\\n", unknown.Call("x"), /* left out */ key)
	fps := map[string]string{"a.go": "harmless"}
	return utils.Validate(r, tps, fps)
}
"""


def test_go_samples_are_evaluated():
    """Go samples are evaluated and what is unknown is left out."""
    ((rule, samples),) = samples_in(SOURCE)
    assert rule == "example-token"
    assert samples.secrets[:2] == [r"raw \d", "line\n"]
    assert re.fullmatch("exa_[a-f0-9]{4}", samples.secrets[2])
    assert samples.placed == [Placed("example", samples.secrets[2])]
    assert samples.harmless == ["harmless"]


@pytest.mark.parametrize(
    ("expression", "starts"),
    [
        ("gh[po]_[a-z]{3}", {"ghp", "gho"}),
        ("(?:sk|rk)_live", {"sk_", "rk_"}),
        ("SK[0-1]{2}", {"sk0", "sk1"}),
        ("[a-z]{8}_mmk", set()),
        ("a?bcd", {"bcd", "abc"}),
    ],
)
def test_expression_starts_are_complete(expression, starts):
    """The starts of an expression are all listed or none."""
    assert starts_of(expression, 3) == starts


def test_a_text_is_made_for_an_expression():
    expression = r"\bab(?:c|d)[e-g]{2,}\.\d?(?i:x)"
    for seed in range(20):
        assert re.fullmatch(expression, text_of(expression, Random(seed)))  # noqa: S311


@pytest.mark.parametrize(
    ("expression", "refused"),
    [("a+b", True), ("(?:x|a+b)", True), ("ab+=?", False), ("a{2,9}b", False), ("(a+)", False)],
)
def test_superlinear_expression_is_refused(expression, refused):
    """An expression that may read a text many times is refused."""
    assert is_endless_before_its_end(expression) == refused


def test_inline_flag_covers_its_group():
    """A flag in the middle holds for the rest of its group."""
    assert python_of("a(?:b(?i)c|d)e") == "a(?:b(?i:c|d))e"


def _rules(**rule):
    return list(rules_in({"rules": [{"id": "r", "keywords": ["exa_"], **rule}]}))


def test_rule_needing_a_name_is_skipped():
    """A rule is its token alone and one that needs a name before it is none."""
    assert _rules(regex=r"""\b(exa_[a-z]{4})(?:\\?['"\x60]|[\s;]|\\[nr]|$)""") == [
        {"id": "r", "starts": ["exa"], "regex": "exa_[a-z]{4}(?![A-Za-z0-9])"}
    ]
    assert _rules(regex="(?i)exa_[a-z]{4}")[0]["regex"] == "(?i:exa_[a-z]{4})"
    assert _rules(regex=r"(?i)(?:exa_)(?:[ \t\w.-]{0,20})[\s'\"]{0,3}(?:=)([a-z]{4})") == []
    assert _rules(regex="exa_[a-z]{4}", skipReport=True) == []
    assert _rules(regex="other-[a-z]{4}")[0]["needs"] == ["exa_"]
