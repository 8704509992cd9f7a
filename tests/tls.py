"""A certificate authority for a test, and TLS in front of a PostgreSQL server that was built without it."""

import asyncio
import datetime as dt
import ssl
import struct
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
NO_ENCRYPTION = "no pg_hba.conf entry for this host, no encryption"


class Authority:
    """Signs server certificates; `certificate` is the PEM file that a client trusts."""

    def __init__(self, folder: Path, name: str = "test authority") -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        self.certificate = folder / f"{name.replace(' ', '-')}.pem"
        limits = x509.BasicConstraints(ca=True, path_length=0)
        signed = self._builder(self._name, self._key).add_extension(limits, critical=True)
        self.certificate.write_bytes(_pem(signed.sign(self._key, hashes.SHA256())))

    def server(self, host: str) -> ssl.SSLContext:
        """A context for a server that is called `host`."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._builder(_name(host), key).add_extension(names, critical=False)
        file = self._folder / f"{host}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + _pem(certificate.sign(self._key, hashes.SHA256())))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - dt.timedelta(hours=1),
            not_valid_after=now + dt.timedelta(hours=1),
        )


@contextmanager
def tls_in_front_of(socket: Path, context: ssl.SSLContext):
    """Yields a port of 127.0.0.1 that speaks TLS and forwards to the server behind `socket`; plain text is refused."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def connected(reader, writer):
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await _connection(reader, writer, socket, context)
        writer.close()

    async def listen():
        return await asyncio.start_server(connected, "127.0.0.1", 0)

    async def stop():
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _connection(reader, writer, socket, context):
    while (request := await _request(reader)) == GSS_REQUEST:
        writer.write(b"N")
    if request != SSL_REQUEST:
        writer.write(_refusal())
        await writer.drain()
        return
    writer.write(b"S")
    await writer.start_tls(context)
    to_server = await asyncio.open_unix_connection(socket)
    await asyncio.gather(_copy(reader, to_server[1]), _copy(to_server[0], writer))


async def _request(reader):
    length, code = struct.unpack("!ii", await reader.readexactly(8))
    await reader.readexactly(length - 8)
    return code


async def _copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def _refusal() -> bytes:
    fields = b"".join(f"{field}\0".encode() for field in ("SFATAL", "VFATAL", "C28000", f"M{NO_ENCRYPTION}"))
    return b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0"


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
