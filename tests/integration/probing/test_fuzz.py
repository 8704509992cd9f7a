"""No answer, however odd, is the prober's own failure."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.probing.hostile import listening, request

PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 302 Found\r\n",
        b"HTTP/1.1 204\r\n",
        b"HTTP/1.1 100 \r\n\r\n",
        b"Content-Type: application/json\r\n",
        b"Content-Length: 7\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Location: //[\r\n",
        b"Location: http:\r\n",
        b"Location: \xff\x00\r\n",
        b"\r\n",
        b"4\r\n{}\r\n\r\n",
        b"0\r\n\r\n",
        b'{"status": [], "checks": {"": {"status": {}}}}',
        b"\x1f\x8b\x08\x00",
        b"\xff\xfe\x00",
    ]
)


@pytest.fixture(scope="module")
def answers():
    """A port, and the list whose one element it answers with."""
    current = [b""]

    async def serve(reader, writer):
        await request(reader)
        writer.write(current[0])
        await writer.drain()

    with listening(serve) as port:
        yield port, current


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES | st.binary(max_size=20), max_size=12), st.booleans())
def test_any_bytes_end_in_a_clear_result(probe, answers, pieces, ends_well):
    port, current = answers
    current[:] = [b"".join([b"HTTP/1.1 200 OK\r\n" if ends_well else b"", *pieces])]
    result = probe(f"http://api.test:{port}/", conditions=[{"path": "status", "equals": "ok"}])
    assert result.state in {"up", "down"}, result.detail
    assert result.detail.isprintable()
