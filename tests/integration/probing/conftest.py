"""A prober that trusts the tests' authority, and finds the names of the tests on this machine."""

import socket
from dataclasses import replace

import pytest

from lambdas.health_check.endpoints import endpoint_from
from lambdas.health_check.probe_all import ProbeDependencies, probe_all
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.certificates import client_context
from lambdas.shared.guarded_http.header_values import HeaderValues
from tests.integration.probing.certificates import Authority


def lookup(host):
    """*.test lies on this machine; nothing else exists."""
    if host.endswith(".test"):
        return ["127.0.0.1"]
    if host[0].isdigit() or ":" in host:
        return [host]
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def dependencies(authority):
    return ProbeDependencies(client_context(authority.pem), HeaderValues({}), lookup=lookup)


@pytest.fixture
def probe(dependencies):
    """Probe one URL with the given fields of its endpoint; `having` replaces parts of the dependencies."""

    def probe_one(url, *, seconds=60, having=None, **fields):
        # A busy machine must not make an answer slow: what is to be slow or too late says so by fields of its own.
        entry = {"name": "api", "url": url, "timeout_s": 20, "slow_s": 10, "allow_private": True, **fields}
        delivered = []
        of = replace(dependencies, **(having or {}))
        results = probe_all([endpoint_from(entry)], of, Deadline.within(seconds), delivered.append)
        assert results == delivered
        return results[0]

    return probe_one
