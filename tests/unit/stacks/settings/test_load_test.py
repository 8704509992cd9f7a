"""What a load test may ask, as the file says it; anything else is refused in one line."""

import pytest

from stacks.settings import SettingsError, load
from tests.unit.stacks.settings.test_on_call import FILE

SECTION = """
[load_test]
hosts = ["api.example.com"]
[[load_test.routes]]
url = "https://api.example.com/orders?page=1"
weight = 3
[[load_test.routes]]
url = "https://api.example.com:8443/products"
"""


def read(folder, text):
    (folder / "tried.toml").write_text(FILE + text)
    return load("tried", folder).load_test


def test_there_is_none_by_default(tmp_path):
    assert read(tmp_path, "") is None
    assert load("prod").load_test is None


def test_section_is_read(tmp_path):
    section = read(tmp_path, SECTION)
    assert [(route.url, route.weight) for route in section.routes] == [
        ("https://api.example.com/orders?page=1", 3),
        ("https://api.example.com:8443/products", 1),
    ]
    assert (section.step_seconds, section.max_requests, section.allow_private) == (120, 100_000, False)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("https://api.example.com/orders", "http://api.example.com/orders", "must be an https URL with a path"),
        ("https://api.example.com/orders", "https://u@api.example.com/orders", "looks like a secret"),
        ("https://api.example.com/orders", "https://api.example.com", "must be an https URL with a path"),
        ("?page=1", "#part", "must be an https URL with a path"),
        ("?page=1", "?q=a b", "must be an https URL with a path"),
        ("https://api.example.com/orders", "https://other.example.com/orders", "must be on one of hosts"),
        ("https://api.example.com/orders", "https://api.example.com.evil.example/", "must be on one of hosts"),
        ('["api.example.com"]', "[]", "hosts"),
        ('["api.example.com"]', '["https://api.example.com"]', "must be a host name in lower case"),
        ("weight = 3", "weight = 0", "weight"),
        ("weight = 3", 'method = "POST"', "method"),
        (":8443/products", "/orders?page=1", "must not repeat the URL"),
        ("hosts =", "step_seconds = 181\nhosts =", "step_seconds"),
        ("hosts =", 'mark = "a b"\nhosts =', "must be 1 to 64 letters"),
        ("?page=1", f"?page={'1' * 1800}", "must be 1800 characters of hosts and URLs at most"),
    ],
)
def test_refused(tmp_path, old, new, reason):
    assert old in SECTION
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, SECTION.replace(old, new, 1))
    assert reason in str(refused.value)
