"""From a name to a connection: DNS, address families, routes, and the prober's own network."""

import errno
import socket
import threading
from dataclasses import replace

import pytest

from lambdas.health_check.endpoints import endpoint_from
from lambdas.health_check.probe_all import probe_all
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http import connect
from lambdas.shared.guarded_http.resolve import Resolver
from tests.integration.probing.hostile import answer, answering, listening

FINE = answering(answer())
BLACK_HOLE = "fd00:dead::1"


def failing(number, text):
    def lookup(_host):
        raise socket.gaierror(number, text)

    return lookup


@pytest.fixture
def sockets(monkeypatch):
    """Connections to the addresses of this mapping end with its error, or never when that is None."""
    real, faults = connect.aiohappyeyeballs.impl._connect_sock, {}

    async def connect_sock(loop, exceptions, addr_info, *arguments):
        if addr_info[4][0] not in faults:
            return await real(loop, exceptions, addr_info, *arguments)
        number = faults[addr_info[4][0]]
        if number is None:
            await loop.create_future()
        error = OSError(number, f"Connect call failed {addr_info[4]}")
        exceptions.append([error])
        raise error

    monkeypatch.setattr(connect.aiohappyeyeballs.impl, "_connect_sock", connect_sock)
    return faults


def test_unknown_name_is_down(probe):
    """A name that does not exist is down."""
    result = probe("http://nowhere.example/")
    assert (result.state, result.reason) == ("down", "dns")
    assert result.detail == "nowhere.example: Name or service not known"


def test_impossible_name_is_down(probe):
    """A name that dns cannot know is down."""
    result = probe(f"http://{'x' * 64}.example/", having={"lookup": lambda host: host.encode("idna")})
    assert (result.state, result.reason) == ("down", "dns")


def test_a_port_where_nobody_listens_is_down(probe):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = probe(f"http://api.test:{port}/")
    assert (result.state, result.reason) == ("down", "refused")
    assert result.detail == "it does not accept connections (ECONNREFUSED)"


def test_hanging_name_times_out_alone(probe, dependencies):
    """A name that hangs ends at its timeout and delays nobody."""
    release = threading.Event()

    def lookup(host):
        if host == "slow.test":
            release.wait(30)
        return ["127.0.0.1"]

    arrived = {}
    with listening(FINE) as port:
        entries = [("slow.test", 1.0), *((f"n{number}.test", 15.0) for number in range(50))]
        endpoints = [
            endpoint_from(
                {
                    "name": host,
                    "url": f"http://{host}:{port}/",
                    "timeout_s": limit,
                    "slow_s": 0.5 * limit,
                    "allow_private": True,
                }
            )
            for host, limit in entries
        ]

        def deliver(result):
            arrived[result.endpoint] = (result.state, result.reason)

        hanging = with_reference(dependencies, None, lookup)
        try:
            probe_all(endpoints, hanging, Deadline.within(25), deliver)
        finally:
            release.set()
    assert arrived.pop("slow.test") == ("down", "timeout in dns")
    assert list(arrived.values()) == [("up", None)] * 50


def test_name_without_thread_is_unknown(monkeypatch, dependencies):
    """A name that no thread was free for is unknown."""
    release = threading.Event()
    one_thread = Resolver(lambda _host: release.wait(5) and [], threads=1)
    monkeypatch.setattr("lambdas.health_check.probe_all.Resolver", lambda _lookup: one_thread)
    endpoints = [
        endpoint_from({"name": name, "url": f"http://{name}.test/", "timeout_s": 0.4, "slow_s": 0.1})
        for name in ("first", "second")
    ]
    try:
        results = {
            result.endpoint: result
            for result in probe_all(endpoints, with_reference(dependencies, None), Deadline.within(5), lambda _: None)
        }
    finally:
        release.set()
    assert results["second"].reason == "prober failed"


def with_reference(dependencies, reference, lookup=None):
    return replace(dependencies, reference=reference, lookup=lookup or dependencies.lookup)


def test_dead_ipv6_costs_quarter_second(probe, sockets):
    """A dead ipv6 address before a live ipv4 one costs a quarter of a second."""
    sockets[BLACK_HOLE] = None
    with listening(FINE) as port:
        result = probe(f"http://api.test:{port}/", having={"lookup": lambda _: [BLACK_HOLE, "127.0.0.1"]})
    assert result.state == "up"
    assert 240 <= result.timings.connect < 5000  # and not as long as the dead one is given


def test_unroutable_ipv6_falls_back_to_ipv4(probe, sockets):
    """An ipv6 address without a route before a live ipv4 one is up."""
    sockets[BLACK_HOLE] = errno.ENETUNREACH
    with listening(FINE) as port:
        result = probe(f"http://api.test:{port}/", having={"lookup": lambda _: [BLACK_HOLE, "127.0.0.1"]})
    assert result.state == "up"


@pytest.mark.parametrize("dead", [errno.ECONNREFUSED, errno.ENETUNREACH])
def test_every_address_of_a_name_is_tried(probe, sockets, dead):
    addresses = [f"10.9.9.{number}" for number in range(20)]
    sockets |= dict.fromkeys(addresses, dead)
    with listening(FINE) as port:
        having = {"lookup": lambda _: [*addresses, "127.0.0.1"]}
        assert probe(f"http://api.test:{port}/", having=having).state == "up"


def test_silent_addresses_give_way(probe, sockets, monkeypatch):
    """Addresses that nobody answers at give way to the next."""
    monkeypatch.setattr(connect, "GROUP_TIMEOUT", 0.05)
    addresses = [f"10.9.9.{number}" for number in range(20)]
    sockets |= dict.fromkeys(addresses)
    with listening(FINE) as port:
        having = {"lookup": lambda _: [*addresses, "127.0.0.1"]}
        assert probe(f"http://api.test:{port}/", having=having).state == "up"


def test_unroutable_family_does_not_hide_other(probe, sockets):
    """Many addresses of one family without a route do not hide the other."""
    many = [f"fd00:dead::{number}" for number in range(1, 31)]
    sockets |= dict.fromkeys(many, errno.ENETUNREACH)
    with listening(FINE) as port:
        having = {"lookup": lambda _: [*many, "127.0.0.1"]}
        result = probe(f"http://api.test:{port}/", having=having)
    assert result.state == "up"


def test_refused_beats_no_route(probe, sockets):
    """No route for one family and refused on the other is refused."""
    sockets |= {BLACK_HOLE: errno.ENETUNREACH, "10.9.9.9": errno.ECONNREFUSED}
    result = probe("http://api.test/", having={"lookup": lambda _: [BLACK_HOLE, "10.9.9.9"]})
    assert (result.state, result.reason) == ("down", "refused")


def test_ignored_connection_times_out_connecting(probe, sockets):
    """A connection that nobody takes is a timeout connecting."""
    sockets["10.9.9.9"] = None
    having = {"lookup": lambda _: ["10.9.9.9"]}
    result = probe("http://api.test/", having=having, timeout_s=1, slow_s=0.1)
    assert (result.state, result.reason) == ("down", "timeout connecting")


def test_a_prober_without_sockets_blames_itself(probe, sockets):
    sockets["10.9.9.9"] = errno.EMFILE
    result = probe("http://api.test/", having={"lookup": lambda _: ["10.9.9.9"]})
    assert (result.state, result.reason) == ("unknown", "prober failed")


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["169.254.169.254"]])
def test_every_resolved_address_must_be_public(probe, addresses):
    """Every address of a dns answer must be public."""
    result = probe("http://api.test/", having={"lookup": lambda _: addresses}, allow_private=False)
    assert (result.state, result.reason) == ("down", "address refused")


def test_metadata_service_is_always_refused(probe):
    """The metadata service is refused even where private addresses are allowed."""
    result = probe("http://api.test/", having={"lookup": lambda _: ["169.254.169.254"]}, allow_private=True)
    assert result.reason == "address refused"


def test_checked_address_is_used(probe, sockets):
    """The checked address is the one that is connected to."""
    answers = iter([["10.9.9.9"], ["127.0.0.1"]])
    sockets["10.9.9.9"] = errno.ECONNREFUSED
    with listening(FINE) as port:
        result = probe(f"http://api.test:{port}/", having={"lookup": lambda _: next(answers)})
    assert result.reason == "refused"


def probe_three(dependencies, deliver=lambda _: None):
    endpoints = [
        endpoint_from(
            {"name": name, "url": f"http://{name}.test/", "timeout_s": 2, "slow_s": 0.1, "allow_private": True}
        )
        for name in ("one", "two", "three")
    ]
    return probe_all(endpoints, dependencies, Deadline.within(20), deliver)


def test_without_a_resolver_every_endpoint_is_unknown(dependencies):
    lookup = failing(socket.EAI_AGAIN, "Temporary failure in name resolution")
    results = probe_three(with_reference(dependencies, None, lookup))
    assert [(result.state, result.reason) for result in results] == [("unknown", "prober has no network")] * 3


def test_without_a_route_every_endpoint_is_unknown(dependencies, sockets):
    sockets["127.0.0.1"] = errno.ENETUNREACH
    results = probe_three(with_reference(dependencies, None))
    assert {(result.state, result.reason) for result in results} == {("unknown", "prober has no network")}


def test_reachable_reference_blames_endpoints(dependencies):
    """Where a known server answers the endpoints are to blame."""

    def lookup(host):
        if host == "127.0.0.1":
            return [host]
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with listening(FINE) as port:
        results = probe_three(with_reference(dependencies, f"127.0.0.1:{port}", lookup))
    assert {(result.state, result.reason) for result in results} == {("down", "dns")}


def test_unreachable_reference_blames_network(dependencies, sockets):
    """Where nothing answers and a known server neither the network is to blame."""
    sockets |= {"127.0.0.1": None, "10.9.9.9": errno.ENETUNREACH}
    results = probe_three(with_reference(dependencies, "10.9.9.9:443"))
    assert {(result.state, result.reason) for result in results} == {("unknown", "prober has no network")}


def test_connect_timeouts_alone_are_down(dependencies, sockets):
    """Connections that nobody takes are down as long as nothing speaks against it."""
    sockets["127.0.0.1"] = None
    assert {result.reason for result in probe_three(with_reference(dependencies, None))} == {"timeout connecting"}


def test_one_reached_endpoint_proves_the_network(dependencies):
    def lookup(host):
        if host == "two.test":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    delivered = []
    results = probe_three(with_reference(dependencies, None, lookup), delivered.append)
    assert {(result.state, result.reason) for result in results} == {("down", "dns")}
    assert results == delivered
