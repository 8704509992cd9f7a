"""What a text holds as a document is masked by its keys, and is the same document otherwise."""

import json
import time

import pytest

from lambdas.shared.masking import MASK, masked, masked_document, masked_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": {"a": "hunter2"}, "n": 1}', '{"password":"***","n":1}'),
        ('[["a", {"api_key": ["hunter2"]}]]', '[["a",{"api_key":"***"}]]'),
        (' {"n": 1.50, "é": "ü"} ', '{"n":1.5,"é":"ü"}'),
        ('{"n": 1', '{"n": 1'),
        ("{}", "{}"),
        ("", ""),
        ("[x]", "[x]"),
        ("a=1&password=hunter2&b=2", "a=1&password=***&b=2"),
        ("?user%5Bpass%77ord%5D=hunter2", "?user%5Bpass%77ord%5D=***"),
        ("to=ann%40shop.example&n=1", "to=***&n=1"),
        ("card=4111+1111+1111+1111", "card=***"),
        ("q=4111%201111%201111%201111", "q=***"),
        ("https://u:hunter2@h.example/a?token=hunter2&n=1", "https://u:***@h.example/a?token=***&n=1"),
        ("https://h.example/a?n=1&next=%2Fb", "https://h.example/a?n=1&next=%2Fb"),
        ("user%5Bpassword%5D=aHVudGVyMg==&n=1&debug&&x=", "user%5Bpassword%5D=***&n=1&debug&&x="),
        ("token=true&has_password=false", "token=true&has_password=false"),
        ("x = y and password=hunter2", "x = y and password=***"),
    ],
)
def test_document_is_masked(text, expected):
    assert masked_document(text, masked) == expected


@pytest.mark.parametrize("text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "}", "[" + "1" * 5000 + "]"])
def test_unreadable_document_is_a_text(text):
    assert masked_document(text, masked) == masked_text(text)


@pytest.mark.parametrize("seed", ["a=1&", "&", "a=", "a&", "a=1&b", "%3D", "a=1&b c", "?", "?a=", "[", "a" * 300 + "&"])
def test_hostile_form_takes_linear_time(seed):
    def seconds(length):
        text = "a=1" + seed * (length // len(seed)) + " "
        started = time.thread_time()
        masked_document(text, masked)
        return time.thread_time() - started

    assert any(min(seconds(80_000) for _ in range(2)) < 24 * max(seconds(10_000), 0.0005) for _ in range(3))


def test_document_stays_a_document():
    document = {"lines": [{"product": 'a "chair"', "count": 3}], "cookie": "hunter2"}
    assert json.loads(masked_document(json.dumps(document), masked)) == {**document, "cookie": MASK}
