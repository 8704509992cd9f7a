"""What TLS says about a server, in words that an operator can act on."""

import ssl
from datetime import UTC, datetime
from typing import Any

from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.vocabulary.endpoints import Reason

# OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_HOSTNAME_MISMATCH
_HAS_EXPIRED, _HAS_OTHER_NAMES = 10, 62

_WORDS = {
    "WRONG_VERSION_NUMBER": "the port does not speak TLS",
    "UNSUPPORTED_PROTOCOL": "it speaks no TLS version from 1.2 on",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks no TLS version from 1.2 on",
    "TLSV1_UNRECOGNIZED_NAME": "it has no certificate for this name",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it asks for a client certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it asks for a client certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "it has no TLS cipher in common, or asks for a client certificate",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": "it has no TLS cipher in common",
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": "it does not speak HTTP/1.1 in TLS",
    "TLSV1_ALERT_INTERNAL_ERROR": "it failed in the handshake by an error of its own",
}


def client_context(authorities: str | None = None) -> ssl.SSLContext:
    """The system's authorities and those of the PEM `authorities`, TLS 1.2 or later, names checked as browsers do."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.hostname_checks_common_name = False
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


def fault_of(error: ssl.SSLError) -> ProbeError:
    """What ended the connection: a certificate that is not valid, or something else that the two could not agree on."""
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ProbeError(Reason.CLOSED, "it closed the connection in the TLS handshake")
    if isinstance(error, ssl.SSLCertVerificationError):
        hint = " (only the names in its subjectAltName count)" if error.verify_code == _HAS_OTHER_NAMES else ""
        return ProbeError(Reason.TLS_INVALID, f"{error.verify_message.rstrip('.')}{hint}")
    name = error.reason or "the handshake failed"
    return ProbeError(Reason.TLS_FAILED, _WORDS.get(name, name.lower().replace("_", " ")))
