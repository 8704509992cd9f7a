"""Secrets reach their endpoint and nothing else."""

import threading
from dataclasses import replace

import pytest

from lambdas.health_check.endpoints import endpoint_from
from lambdas.health_check.probe_all import probe_all
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.header_values import HeaderValues
from lambdas.shared.guarded_http.headers import Store
from tests.integration.probing.hostile import answer, answering, listening, request

SECRET = {"Authorization": {"secret": "probe/token"}}


def test_a_header_s_secret_reaches_the_endpoint(probe):
    asked = []

    async def serve(reader, writer):
        asked.append(await request(reader))
        writer.write(answer())

    with listening(serve) as port:
        having = {"header_values": HeaderValues({Store.SECRET: {"probe/token": "Bearer t0ken"}.__getitem__})}
        assert probe(f"http://api.test:{port}/", headers=SECRET, having=having).state == "up"
    assert b"Authorization: Bearer t0ken\r\n" in asked[0]


@pytest.mark.parametrize("value", ["s3cret\r\nX-Forged: yes", "s3cret\x00", "s3crät€"])
def test_invalid_header_secret_is_not_quoted(probe, value, capsys):
    """A secret that no header can carry is not quoted."""
    with listening(answering(answer())) as port:
        having = {"header_values": HeaderValues({Store.SECRET: lambda _: value})}
        result = probe(f"http://api.test:{port}/", headers=SECRET, having=having)
    assert (result.state, result.reason) == ("unknown", "header value unavailable")
    assert "s3cr" not in str(result) + capsys.readouterr().out


def test_rejected_secret_is_read_again(probe):
    """A rejected secret is read anew for the next run."""
    read = []
    values = HeaderValues({Store.SECRET: lambda _: read.append(1) or "old"})
    with listening(answering(answer(status="401 No"), answer(), answer())) as port:
        states = [
            probe(f"http://api.test:{port}/", headers=SECRET, having={"header_values": values}).state for _ in range(3)
        ]
    assert states == ["down", "up", "up"]
    assert len(read) == 2


def test_unreadable_secret_affects_one_endpoint(dependencies):
    """A secret that cannot be read costs the others nothing."""
    release = threading.Event()
    arrived = {}

    def deliver(result):
        arrived[result.endpoint] = result.state

    values = HeaderValues({Store.SECRET: lambda _: release.wait(30) and ""})
    with listening(answering(answer())) as port:
        entry = {"url": f"http://api.test:{port}/", "allow_private": True}
        endpoints = [
            endpoint_from({"name": "hangs", "headers": SECRET, **entry}),
            *(endpoint_from({"name": f"n{number}", **entry}) for number in range(20)),
        ]
        try:
            probe_all(endpoints, replace(dependencies, header_values=values), Deadline.within(4), deliver)
        finally:
            release.set()
    assert arrived.pop("hangs") == "unknown"
    assert list(arrived.values()) == ["up"] * 20
