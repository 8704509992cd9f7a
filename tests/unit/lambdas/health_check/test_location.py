"""Where a redirect leads."""

import contextlib
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.health_check.location import resolved
from lambdas.shared.guarded_http.errors import ProbeError

HERE = urlsplit("https://api.example/v1/health?full")


def leads(written):
    """The URL of a Location header with these bytes."""
    return resolved(HERE, (written.encode() if isinstance(written, str) else written).decode("latin-1")).geturl()


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/grün", "https://api.example/gr%C3%BCn"),
        ("/gr%C3%BCn", "https://api.example/gr%C3%BCn"),
        ("/?q=é&r=%26", "https://api.example/?q=%C3%A9&r=%26"),
        (b"/gr\xfcn", "https://api.example/gr%FCn"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
        ("//b%C3%BCcher.example/", "https://xn--bcher-kva.example/"),
        ("https://ex%61mple.example/", "https://example.example/"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
        ("other", "https://api.example/v1/other"),
        ("/a b", "https://api.example/a%20b"),
        ("/a\tb", "https://api.example/ab"),
        ("\\\\other.example\\a", "https://other.example/a"),
        ("/a?b=\\", "https://api.example/a?b=%5C"),
        ("/a#fragment", "https://api.example/a"),
        ("?q", "https://api.example/v1/health?q"),
    ],
)
def test_location_is_read_as_browsers_read_it(written, url):
    assert leads(written) == url


@pytest.mark.parametrize(
    ("written", "detail"),
    [
        ("https://[::1", "it redirects to what is no URL"),
        ("https://api.example:99999/", "it redirects to what is no URL"),
        ("http:", "it redirects to what is no URL"),
        (b"https://b\xfc.example/", "it redirects to what is no URL"),
        ("https://a%2Fb/", "it redirects to what is no URL"),
        ("https://%00/", "it redirects to what is no URL"),
        (f"https://{'ü' * 80}.example/", "it redirects to what is no URL"),
        ("https://api.example:0/", "it redirects to port 0, where nothing can listen"),
    ],
)
def test_invalid_location_is_named(written, detail):
    """Location that is no url is said so."""
    with pytest.raises(ProbeError) as refused:
        leads(written)
    assert refused.value.detail == detail


@given(st.text(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_letters_are_quoted_exactly_once(text):
    assert leads(f"/{text}") == f"https://api.example/{quote(text)}"


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="\\#."), max_size=40))
def test_what_is_quoted_already_stays(text):
    once = leads(f"/path{quote(text)}")
    assert leads(once) == once == f"https://api.example/path{quote(text)}"


@given(st.binary(max_size=80))
def test_any_bytes_resolve_or_are_refused(written):
    """Any bytes are a url that can be asked for or refused."""
    with contextlib.suppress(ProbeError):
        url = leads(written)
        assert url.isascii()
        assert url.isprintable()
