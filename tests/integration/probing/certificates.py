"""A certificate authority of the tests, and server certificates with every fault."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NAME = "api.test"


class Authority:
    """Signs server certificates; `pem` is what a client must trust."""

    def __init__(self, folder: Path, name: str = "JunkOS test authority", *, days: float = 3650) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = _certificate(name, self._key, None, (-3650, days), (), authority_too=True)
        self.pem = self.certificate.public_bytes(Encoding.PEM).decode()

    def server(self, name: str = NAME, **certificate) -> ssl.SSLContext:
        """A server's TLS context with the certificate of `pem_of`."""
        pem = self._folder / "server.pem"
        pem.write_bytes(self.pem_of(name, **certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    def pem_of(
        self,
        name: str,
        *,
        days: tuple[float, float] = (-1, 90),
        self_signed: bool = False,
        common_name_only: bool = False,
    ) -> bytes:
        """Certificate and key for a host or an address, valid from and until so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = (x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name),)
        certificate = _certificate(
            name, key, None if self_signed else self, days, () if common_name_only else names, authority_too=False
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return certificate.public_bytes(Encoding.PEM) + private


def _certificate(subject, key, authority, days, names, *, authority_too):
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority.certificate.subject if authority else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority_too, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(authority._key if authority else key, hashes.SHA256())
