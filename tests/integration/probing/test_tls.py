"""What a certificate says is read from the connection that was probed."""

import ssl

import pytest

from lambdas.shared.guarded_http.certificates import client_context
from tests.integration.probing.certificates import Authority
from tests.integration.probing.hostile import answer, answering, listening, refusing_handshakes

FINE = answering(answer())
MISMATCH = "Hostname mismatch, certificate is not valid for 'api.test'"


def test_valid_certificate_gives_its_days(probe, authority):
    """A valid certificate is up and says its days."""
    with listening(FINE, authority.server(days=(-1, 5))) as port:
        result = probe(f"https://api.test:{port}/")
    assert result.state == "up"
    assert result.certificate_days_left == pytest.approx(5, abs=0.02)
    assert result.timings.tls > 0


def test_earlier_ending_authority_counts(probe, tmp_path, dependencies):
    """An authority that ends before its certificate counts."""
    brief = Authority(tmp_path, days=3)
    with listening(FINE, brief.server(days=(-1, 90))) as port:
        result = probe(f"https://api.test:{port}/", having={"context": client_context(brief.pem)})
    assert result.certificate_days_left == pytest.approx(3, abs=0.02)


def test_an_address_can_be_certified(probe, authority):
    with listening(FINE, authority.server("127.0.0.1")) as port:
        assert probe(f"https://127.0.0.1:{port}/").state == "up"


@pytest.mark.parametrize(
    ("certificate", "detail", "days"),
    [
        ({"days": (-9, -2)}, "certificate has expired", 0),
        ({"days": (2, 9)}, "certificate is not yet valid", None),
        ({"name": "other.test"}, f"{MISMATCH} (only the names in its subjectAltName count)", None),
        ({"common_name_only": True}, f"{MISMATCH} (only the names in its subjectAltName count)", None),
        ({"self_signed": True}, "self-signed certificate", None),
    ],
)
def test_invalid_certificate_is_down(probe, authority, certificate, detail, days):
    """An invalid certificate is down with the reason."""
    with listening(FINE, authority.server(**certificate)) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.state, result.reason, result.detail) == ("down", "tls invalid", detail)
    assert result.certificate_days_left == days


def test_an_unknown_authority_is_down(probe, tmp_path):
    with listening(FINE, Authority(tmp_path, "unknown authority").server()) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.reason, result.detail) == ("tls invalid", "unable to get local issuer certificate")


def test_server_name_is_sent(probe, authority):
    """A server is asked for the certificate of its name."""
    default, named = authority.server("other.test"), authority.server("api.test")

    def choose(connection, name, _context):
        if name == "api.test":
            connection.context = named

    default.sni_callback = choose
    with listening(FINE, default) as port:
        assert probe(f"https://api.test:{port}/").state == "up"
        result = probe(f"https://www.test:{port}/")
    assert "Hostname mismatch" in result.detail


def test_unknown_server_name_is_down(probe, authority):
    """A server that knows no such name is down."""
    context = authority.server()
    context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    with refusing_handshakes(context) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.reason, result.detail) == ("tls failed", "it has no certificate for this name")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_one_is_down(probe, authority):
    """A server that speaks only tls 1 0 is down."""
    context = authority.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    with refusing_handshakes(context) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.reason, result.detail) == ("tls failed", "it speaks no TLS version from 1.2 on")


NO_CIPHER = "it has no TLS cipher in common, or asks for a client certificate"


@pytest.mark.parametrize(
    ("version", "detail"),
    [
        (ssl.TLSVersion.TLSv1_2, NO_CIPHER),  # TLS 1.2 has one alert for both
        (ssl.TLSVersion.TLSv1_3, "it asks for a client certificate"),
    ],
)
def test_client_certificate_request_is_not_invalid(probe, authority, version, detail):
    """Server that asks for a client certificate has no invalid one."""
    context = authority.server()
    context.load_verify_locations(cadata=authority.pem)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    with refusing_handshakes(context) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.state, result.reason, result.detail) == ("down", "tls failed", detail)


def test_no_common_cipher_is_not_invalid(probe, authority):
    """Server without a common cipher has no invalid certificate."""
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    with refusing_handshakes(context) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.reason, result.detail) == ("tls failed", NO_CIPHER)


def test_port_without_tls_is_down(probe):
    """A port that speaks no tls is down."""

    async def plain(reader, writer):
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(plain) as port:
        result = probe(f"https://api.test:{port}/")
    assert (result.reason, result.detail) == ("tls failed", "the port does not speak TLS")


def test_handshake_hang_up_is_down(probe):
    """A server that hangs up in the handshake is down."""

    async def hang_up(reader, writer):
        await reader.read(10)

    with listening(hang_up) as port:
        assert probe(f"https://api.test:{port}/").reason == "closed"
