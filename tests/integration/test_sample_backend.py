import datetime as dt
import ipaddress
import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.sample.database import load
from emulator import postgres
from lambdas.shared.log_contract.lines import check

LOG_FIELDS = {"time", "level", "service", "environment", "release", "message"}
REQUEST_FIELDS = LOG_FIELDS | {"event", "request_id", "method", "route", "status", "duration_ms"}


@pytest.fixture(scope="module")
def database_url(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("backend") / "data") as server:
        load(server.url())
        yield server.url()


class Running:
    """A backend process and the lines that it logs."""

    def __init__(self, process):
        self.process = process
        self.url = self.line()["url"]

    def line(self):
        """The next line, which keeps the log contract as every line does."""
        text = self.process.stdout.readline()
        assert check(text.encode()).faults == ()
        return json.loads(text)

    def call(self, path, body=None, context=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers or {})  # noqa: S310 - the URL is our own
        try:
            with urllib.request.urlopen(request, timeout=10, context=context) as answer:  # noqa: S310 - same
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@contextmanager
def backend(database_url, *options):
    environment = os.environ | {"DATABASE_URL": database_url, "ENVIRONMENT": "test", "RELEASE": "1.2.3"}
    command = [sys.executable, "-m", "demo.sample.backend", *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.terminate()
            assert process.wait(10) == 0


@pytest.fixture
def running(database_url):
    with backend(database_url, "--drills") as started:
        yield started


def test_health_and_orders_use_database(running):
    """Health asks the database and orders come from it."""
    status, health = running.call("/health")
    assert (status, health["status"]) == (200, "ok")
    assert health["checks"]["database"]["latency_ms"] > 0
    status, orders = running.call("/orders?page=1")
    assert (status, len(orders["orders"])) == (200, 20)
    status, order = running.call(f"/orders/{orders['orders'][0]['number']}")
    assert (status, order) == (200, orders["orders"][0])


def test_request_is_one_line_with_route(running):
    """Each request is one structured line that names the route not the path."""
    running.call("/orders/JUNK-100001", headers={"X-Request-Id": "trace-7"})
    line = running.line()
    assert set(line) == REQUEST_FIELDS
    named = {
        name: line[name] for name in ("level", "environment", "release", "request_id", "method", "route", "status")
    }
    assert named == {
        "level": "info",
        "environment": "test",
        "release": "1.2.3",
        "request_id": "trace-7",
        "method": "GET",
        "route": "/orders/{number}",
        "status": 200,
    }
    assert dt.datetime.fromisoformat(line["time"]).tzinfo
    assert line["duration_ms"] > 0


def test_unknown_order_is_a_warning(running):
    """An unknown order is a warning not an error."""
    assert running.call("/orders/nothing")[0] == 404
    assert running.line()["level"] == "warning"


def test_lost_database_degrades_health(running):
    """Losing the database degrades health and the log says the cause."""
    running.call("/drills", {"database": False})
    running.line()
    status, health = running.call("/health")
    assert (status, health["status"], health["checks"]["database"]["status"]) == (200, "degraded", "failing")
    running.line()
    assert running.call("/orders")[0] == 500
    error, request = running.line(), running.line()
    assert (error["event"], error["error"]["type"]) == ("error", "OperationalError")
    assert (request["status"], request["request_id"]) == (500, error["request_id"])


def test_failed_login_is_hashed(running):
    """A refused login is sent by address and a hash of the name."""
    for name in ("Ann", "ann "):
        assert running.call("/login", {"name": name, "password": "x"})[0] == 401
    lines = [running.line() for _ in range(4)]  # a request's line may come after its answer
    first, second = (line for line in lines if line["event"] == "login_failed")
    assert (first["event"], first["client"]) == ("login_failed", "127.0.0.1")
    assert first["user"] == second["user"]
    assert "ann" not in json.dumps(first).lower()
    assert running.call("/login", ["no", "object"])[0] == 400


def test_a_path_of_another_product_is_suspicious(running):
    assert running.call("/wp-login.php")[0] == 404
    assert running.line()["event"] == "suspicious_request"
    assert running.line()["route"] == "none"


def test_missing_database_is_found():
    """A database that is not there is found without any drill."""
    with backend("postgresql://postgres:s3cret@127.0.0.1:1/none") as started:
        status, health = started.call("/health")
    assert (status, health["status"]) == (200, "degraded")
    assert "s3cret" not in json.dumps(health)


def test_slow_mode_delays_the_answer(running):
    running.call("/drills", {"delay_seconds": 0.3})
    running.line()
    running.call("/health")
    assert running.line()["duration_ms"] >= 300


def test_a_full_error_rate_fails_every_request(running):
    running.call("/drills", {"error_rate": 1})
    assert running.call("/health")[0] == 500


def test_requests_are_counted_for_prometheus(running):
    running.call("/health")
    with urllib.request.urlopen(f"{running.url}/metrics", timeout=10) as answer:  # noqa: S310 - the URL is our own
        text = answer.read().decode()
    assert 'http_requests_total{route="/health",status="200"}' in text
    assert "\nprocess_start_time_seconds " in text


def test_forbidden_drills_are_refused(database_url):
    """Drills are refused where they are not allowed."""
    with backend(database_url) as started:
        assert started.call("/drills", {"database": False})[0] == 404
        assert started.call("/health")[0] == 200


def test_serves_tls(database_url, tmp_path):
    """It serves tls with the certificate it is given."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(self_signed())
    with backend(database_url, "--certificate", str(certificate)) as started:
        assert started.url.startswith("https://")
        assert started.call("/health", context=ssl.create_default_context(cafile=certificate))[0] == 200
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            started.call("/health", context=ssl.create_default_context())


def self_signed():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dated = (
        builder.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1)).add_extension(host, critical=False)
    )
    certificate = dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate
