"""What TLS says about a server, in words that an operator can act on."""

import ssl
from datetime import UTC, datetime
from typing import Any

_HAS_EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED

_WORDS = {
    "WRONG_VERSION_NUMBER": "the port does not speak TLS",
    "UNSUPPORTED_PROTOCOL": "it speaks no TLS version from 1.2 on",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks no TLS version from 1.2 on",
    "TLSV1_UNRECOGNIZED_NAME": "it has no certificate for this name",
}


def client_context(authorities: str | None = None) -> ssl.SSLContext:
    """The system's authorities and those of the PEM `authorities`, TLS 1.2 or later, names checked."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # Python 3.13 also refuses what the standard frowns on and every browser accepts; users would not notice.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if authorities:
        context.load_verify_locations(cadata=authorities)
    return context


def days_left(tls: Any, now: datetime) -> float:
    """Until the first certificate of the verified chain of an SSLObject ends."""
    # The public get_verified_chain() came with Python 3.13 and gives DER, which the standard library cannot read.
    chain = tls._sslobj.get_verified_chain()  # noqa: SLF001
    ends = min(ssl.cert_time_to_seconds(certificate.get_info()["notAfter"]) for certificate in chain)
    return round((datetime.fromtimestamp(ends, UTC) - now).total_seconds() / 86400, 2)


def has_expired(error: ssl.SSLError) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError) and error.verify_code == _HAS_EXPIRED


def reason_of(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    name = error.reason or "the handshake failed"
    return _WORDS.get(name, name.lower().replace("_", " "))
