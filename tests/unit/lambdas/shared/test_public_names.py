"""What the public may read of the names that a backend gives its checks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.endpoint_state.public_names import public_names


@pytest.mark.parametrize(
    "name",
    [
        *("database", "order queue", "db/replica", "postgres:responseTime", "checks[1]", "redis-cache_1", "Größe"),
        *("api.example", "SmallRye Reactive Messaging - readiness check", "database_connection_pool_check", "dns"),
    ],
)
def test_plain_name_stays(name):
    assert public_names([name]) == (name,)


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("https://api.example.com/v1?key=abc", ()),
        ("GET https://api.example.com/v1 failed", ("GET … failed",)),
        ("postgres://app:pw@db.internal:5432/app", ()),
        ("redis://:pw@cache:6379/0", ()),
        ("10.1.2.3", ()),
        ("10.1.2.3:5432 primary", ("… primary",)),
        ("fd00::1", ()),
        ("orders.abc123.eu-central-1.rds.amazonaws.com", ()),
        ("cache:6379", ()),
        ("jane@example.com", ()),
        ("mail to jane@example.com", ("mail to …",)),
        ("password: hunter2", ("password: …",)),
        ("Bearer abcdefgh12345678", ("Bearer …",)),
        ("token=abc", ()),
        ("AKIAIOSFODNN7EXAMPLE", ()),
        ("s3cr3tK3yABCDEFGHIJKLMNOPQ", ()),
        ("e7c1b0de-1111-4222-8333-444455556666", ()),
        ("account 123456789012", ("account …",)),
        ("12", ()),
        ("", ()),
        ("x" * 200, ("x" * 64,)),
    ],
)
def test_what_is_not_public_is_left_out(name, public):
    assert public_names([name]) == public


def test_similar_public_names_are_equal():
    """Names that are alike in public are one."""
    assert public_names(["db 10.0.0.1", "db 10.0.0.2", "queue"]) == ("db …", "queue")


WORDS = st.sampled_from(["check", "of", "(primary)", "->", "read"])
SECRETS = st.sampled_from(
    ["https://u:hunter2@x/", "10.20.30.40", "jane@mail.example", "k=hunter2", "db.corp.internal", "hunter2:5432"]
)


@given(st.lists(WORDS | SECRETS, max_size=6), st.sampled_from([" ", " - ", ", ", "/ "]))
def test_no_secret_survives_among_words(parts, between):
    public = " ".join(public_names([between.join(parts)]))
    assert not any(secret in public for secret in ("hunter2", "10.20", "jane", "corp"))


@given(st.text(max_size=80))
def test_any_text_gives_stable_name(text):
    """Any text is a stable name or none."""
    once = public_names([text])
    assert public_names(once) == once
