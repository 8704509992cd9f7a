"""A server that nobody here has written, with TLS."""

import contextlib
import socket
import subprocess

import pytest

from tests.integration.probing.certificates import NAME
from tests.programs import NGINX, needs

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; default_type application/json;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{fine} ssl; ssl_certificate {folder}/fine.pem; ssl_certificate_key {folder}/fine.pem;
    root {folder};
    location = /health {{ return 200 '{{"status": "ok", "checks": {{"database": {{"status": "ok"}}}}}}'; }}
    location = /broken {{ return 503 '{{"status": "down", "checks": {{"database": {{"status": "failing"}}}}}}'; }}
    location = /moved {{ return 301 /health; }}
    location = /large.json {{ limit_rate 10k; }}
    location = /raw {{ return 301 /größe?ö; }}
    location = /größe {{ return 200 '{{}}'; }}
  }}
  server {{
    listen 127.0.0.1:{mutual} ssl; ssl_certificate {folder}/fine.pem; ssl_certificate_key {folder}/fine.pem;
    ssl_verify_client on; ssl_client_certificate {folder}/authority.pem;
    location / {{ return 200 '{{}}'; }}
  }}
  server {{
    listen 127.0.0.1:{expired} ssl; ssl_certificate {folder}/expired.pem; ssl_certificate_key {folder}/expired.pem;
    location / {{ return 200 '{{}}'; }}
  }}
}}
"""

pytestmark = needs(NGINX, "nginx")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def nginx(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "fine.pem").write_bytes(authority.pem_of(NAME, days=(-1, 5)))
    (folder / "expired.pem").write_bytes(authority.pem_of(NAME, days=(-9, -2)))
    (folder / "large.json").write_text(f'{{"filler": "{"x" * 15_000}"}}')
    (folder / "authority.pem").write_text(authority.pem)
    ports = {"fine": free_port(), "expired": free_port(), "mutual": free_port()}
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, **ports))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            wait_for(ports["expired"], process)
            yield ports
        finally:
            process.terminate()


def wait_for(port, process):
    for _ in range(3000):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            pytest.fail(process.stderr.read().decode())
    pytest.fail("nginx does not listen")


def test_up_with_its_certificate_s_days(probe, nginx):
    result = probe(f"https://api.test:{nginx['fine']}/health", conditions=[{"path": "status", "equals": "ok"}])
    assert result.state == "up"
    assert result.certificate_days_left == pytest.approx(5, abs=0.02)
    assert min(result.timings.connect, result.timings.tls, result.timings.first_byte) > 0


def test_up_after_a_redirect(probe, nginx):
    assert probe(f"https://api.test:{nginx['fine']}/moved").status == 200


def test_up_after_a_redirect_in_raw_utf8(probe, nginx):
    assert probe(f"https://api.test:{nginx['fine']}/raw").status == 200


def test_missing_client_certificate_is_its_answer(probe, nginx):
    """Client certificate that nginx misses is its answer."""
    result = probe(f"https://api.test:{nginx['mutual']}/")
    assert (result.reason, result.status) == ("wrong status", 400)


def test_slow(probe, nginx):
    result = probe(f"https://api.test:{nginx['fine']}/large.json", slow_s=0.2, timeout_s=5)
    assert (result.state, result.slow) == ("slow", True)


def test_wrong_status(probe, nginx):
    result = probe(f"https://api.test:{nginx['fine']}/broken")
    assert (result.state, result.detail) == ("down", "it answered 503; failing: database")


def test_expired(probe, nginx):
    result = probe(f"https://api.test:{nginx['expired']}/")
    assert (result.state, result.detail) == ("down", "certificate has expired")
    assert result.certificate_days_left == 0


def test_tls_to_plain_port_is_down(probe, nginx):
    """Tls on a port asked for plain text."""
    assert probe(f"http://api.test:{nginx['fine']}/health").status == 400
