"""The head of an answer, repaired; and h11 as the judge of what was repaired."""

import h11
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.guarded_http.heads import repaired

NAMES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='()<>@,;:\\"/[]?={}'), min_size=1
)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)
TEXTS = st.binary(max_size=30).map(lambda text: text.replace(b"\n", b"").replace(b"\0", b""))


def parsed(received):
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(received)
    return parser.next_event()


def head(lines):
    return b"HTTP/1.1 200 OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\nbody"


@given(st.dictionaries(NAMES.map(str.lower), VALUES, max_size=5))
def test_well_formed_head_is_unchanged(headers):
    """Head that is well formed needs no mending."""
    headers.pop("transfer-encoding", None)
    assert repaired(head([f"{name}: {value}".encode() for name, value in headers.items()])) is None


@given(st.lists(TEXTS, max_size=8))
def test_lines_are_made_strict(lines):
    """Any lines are mended to what a strict parser takes."""
    lengths = (b"content-length", b"transfer-encoding")
    lines = [line for line in lines if line.strip(b"\r") and not line.strip().lower().startswith(lengths)]
    received = head([b"X-First: 1", *lines])
    found = repaired(received)
    event = parsed(found.received if found else received)
    assert event.status_code == 200
    assert (b"x-first", b"1") in [(name, value[:1]) for name, value in event.headers]
    assert not found or repaired(found.received) is None


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing(received):
    """Any bytes are mended or not and nothing is raised."""
    found = repaired(received)
    assert found is None or all(flaw.isprintable() for flaw in found.flaws)
