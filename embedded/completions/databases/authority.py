"""The certificate authority of this account's RDS.

Functions trust the authorities in RDS's certificate bundle, which their layer brings. In this account the
part of Amazon is played here, so this authority is added to the bundle as the layer is unpacked.
"""

import datetime as dt
import functools
import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BUNDLE = "rds_certificates/bundle.pem"
_LIFETIME = dt.timedelta(days=30)


def server_context(address: str) -> ssl.SSLContext:
    """TLS for a server at an IP address, with a certificate of this authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = _authority().sign(_certificate(address, key).add_extension(names, critical=False))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = Path(os.environ["TMPDIR"]) / f"{address}.pem"
    file.touch(0o600)
    file.write_bytes(private + _pem(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def trust_in(bundle: Path) -> None:
    """Add this authority to an unpacked certificate bundle."""
    with bundle.open("ab") as file:
        file.write(b"\n" + _pem(_authority().certificate))


@dataclass(frozen=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(self, certificate: x509.CertificateBuilder) -> x509.Certificate:
        return certificate.issuer_name(self.certificate.subject).sign(self.key, hashes.SHA256())


@functools.cache
def _authority() -> _Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = "Embedded RDS Root CA"
    own = _certificate(name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return _Authority(key, own.issuer_name(_name(name)).sign(key, hashes.SHA256()))


def _certificate(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
