"""The certificate authority of this account's RDS.

Functions trust the authorities in RDS's certificate bundle, which their layer brings. In this account the
part of Amazon is played here, so this authority is added to the bundle as the layer is unpacked.
"""

import functools
import os
import ssl
from pathlib import Path

from emulator.certificates import Authority

BUNDLE = "rds_certificates/bundle.pem"
ROOT = "rds-root.pem"


def server_context(address: str) -> ssl.SSLContext:
    """TLS for a server at an IP address, with a certificate of this authority."""
    file = Path(os.environ["TMPDIR"]) / f"{address}.pem"
    file.touch(0o600)
    file.write_bytes(_authority().issue(address))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def trust_in(bundle: Path) -> None:
    """Add this authority to an unpacked certificate bundle."""
    with bundle.open("ab") as file:
        file.write(b"\n" + _authority().pem)


def pem() -> str:
    """For whoever unpacks a bundle by other means."""
    return _authority().pem.decode()


@functools.cache
def _authority() -> Authority:
    """Its certificate lies in the account's folder, for clients outside of it."""
    authority = Authority.create("Embedded RDS Root CA")
    (Path(os.environ["TMPDIR"]) / ROOT).write_bytes(authority.pem)
    return authority
