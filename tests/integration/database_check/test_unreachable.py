"""A server that cannot be reached is a result with a kind; a checker that is set up wrong is an error."""

import os
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg2.sql import SQL

from emulator import postgres, postgres_versions, process
from lambdas.database_check.reach import reach
from lambdas.database_check.states import InMemory
from lambdas.database_check.unreachable import Kind, UnreachableError
from lambdas.shared.clock import Deadline
from lambdas.shared.database_url import BadDatabaseAddressError
from lambdas.shared.postgres import Login, log_in
from tests.integration.database_check.conftest import LOGIN, ONLY_18, PASSWORD, SETTINGS, check

pytestmark = ONLY_18


def unreachable(login, settings=SETTINGS):
    summary = check(settings, lambda: login, InMemory())
    assert summary["reachable"] is False
    assert [judgement["level"] for judgement in summary["judgements"]] == ["critical"]
    assert PASSWORD not in str(summary)
    assert "\n" not in summary["message"]
    return summary["reason"]


def at(port, host="127.0.0.1", **parameters):
    return Login({"host": host, "port": str(port), "dbname": "postgres", "user": LOGIN, **parameters}, PASSWORD)


@contextmanager
def listener(answer):
    """A server of one connection, to which `answer` is done."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=lambda: answer(listening.accept()[0]))
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def test_unreachable_is_one_metric_and_line(server, capsys, caplog):
    """An unreachable server publishes one metric and one line."""
    assert unreachable(at(process.free_port())) == "refused"
    published = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert len(published) == 1
    assert '"database_reachable":[0.0]' in published[0]
    (record,) = caplog.records
    assert record.getMessage().startswith("database 'junkos' cannot be reached (refused): connection to server at")


def test_silent_server_is_a_timeout(server):
    """A server that accepts and says nothing is a timeout."""
    done = threading.Event()

    def say_nothing(connection):
        with connection:
            done.wait(20)  # and then hangs up, which is no timeout

    with listener(say_nothing) as port:
        assert unreachable(at(port, connect_timeout="2")) == "timeout"
        done.set()


def refusing(words):
    """A server that says so and hangs up."""

    def refuse(connection):
        with connection:
            connection.recv(1000)
            fields = b"SFATAL\0VFATAL\0C57P03\0M" + words + b"\0\0"
            connection.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

    return listener(refuse)


def test_starting_server_is_not_down(server):
    """A server that is starting up is sent from one that is down."""
    with refusing(b"the database system is starting up") as port:
        assert unreachable(at(port, sslmode="disable", gssencmode="disable")) == "starting up"


def test_refusal_in_other_language_is_read(server, caplog):
    """A refusal in the servers own language and encoding."""
    words = "Passwort-Authentifizierung f\xfcr Benutzer fehlgeschlagen".encode("latin-1")
    with refusing(words) as port:
        assert unreachable(at(port, sslmode="disable", gssencmode="disable")) == "other"
    assert "Passwort-Authentifizierung f\N{REPLACEMENT CHARACTER}r Benutzer" in caplog.text


def test_an_unknown_host(server):
    assert unreachable(at(5432, host="database.invalid")) == "unknown host"


def test_a_wrong_password(server):
    assert unreachable(replace(server.login(), password="wrong")) == "wrong password"


def test_an_unknown_database(server):
    assert unreachable(server.login(database="nowhere")) == "unknown login or database"


def test_too_many_connections(server):
    server.query("CREATE ROLE crowded LOGIN PASSWORD 's3cret' CONNECTION LIMIT 0")
    try:
        assert unreachable(server.login("crowded")) == "too many connections"
    finally:
        server.query("DROP ROLE crowded")


def test_missing_tls_is_refused_when_required(server):
    """A server without tls is refused when the settings demand it."""
    assert unreachable(server.login(sslmode="verify-full")) == "TLS"


def test_unknown_authority_is_refused(server, tmp_path):
    """A certificate of an unknown authority is refused and a known one is not."""
    certificate = _certificate(tmp_path)
    programs = postgres_versions.programs(18)
    with postgres.server(tmp_path / "data", tls=certificate, programs=programs) as running:
        strict = {"sslmode": "verify-full", "host": "127.0.0.1", "port": str(running.port), "dbname": "postgres"}
        login = Login({**strict, "user": "postgres", "sslrootcert": str(certificate.chain)}, running.password)
        assert check(SETTINGS, lambda: login, InMemory())["reachable"] is True
        bundle = log_in(_by_url(), _Secret(f"{running.url()}?sslmode=verify-full"))
        assert unreachable(bundle) == "TLS"
        assert unreachable(login.to(sslmode="disable")) == "TLS"


def _certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("127.0.0.1")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "server.pem", folder / "server.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    private.chmod(0o600)
    return postgres.Certificate(chain, private)


def _by_url():
    return replace(SETTINGS, database_url_secret="junkos/test/database-url")


class _Secret:
    """A botocore session whose Secrets Manager holds one text."""

    def __init__(self, text):
        self.text = text

    def create_client(self, service):
        assert service == "secretsmanager"
        return self

    def get_secret_value(self, SecretId):  # noqa: N803  the service's own spelling
        return {"SecretString": self.text}


def test_weaker_url_is_a_fault(server):
    """A url weaker than the settings is a fault and no result."""
    settings = replace(_by_url(), database_minimum_tls="verify-full")
    with pytest.raises(BadDatabaseAddressError, match="sslmode=require"):
        check(settings, lambda: log_in(settings, _Secret("postgresql://u@h/d?sslmode=require")), InMemory())


def _lost(server, do, seconds):
    """What the check says when `do` is done to the server process behind its session."""
    with reach(server.login, timedelta(seconds=2), Deadline.within(seconds)) as reached:
        do(reached.reader.connection.info.backend_pid)
        reached.reader.rows(SQL("SELECT 1"))


def test_frozen_server_is_a_timeout(server):
    """A server that freezes in the middle ends as a timeout."""
    frozen = []

    def freeze(pid):
        frozen.append(pid)
        thaw.start()
        os.kill(pid, signal.SIGSTOP)

    # So that this test fails, and does not hang, where the check would wait for ever.
    thaw = threading.Timer(20, lambda: os.kill(frozen[0], signal.SIGCONT))
    try:
        with pytest.raises(UnreachableError, match="stopped answering") as stopped:
            _lost(server, freeze, seconds=3)
    finally:
        thaw.cancel()
        os.kill(frozen[0], signal.SIGCONT)
    assert stopped.value.kind is Kind.TIMEOUT


def test_lost_connection_is_unreachable(server):
    """A connection lost in the middle is unreachable."""
    with pytest.raises(UnreachableError) as lost:
        _lost(server, lambda pid: server.query(f"SELECT pg_terminate_backend({pid}, 5000)"), seconds=10)
    assert lost.value.kind is Kind.CONNECTION_LOST
