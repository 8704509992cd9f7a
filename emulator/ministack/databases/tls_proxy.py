"""A proxy at an instance's endpoint: TLS only, and tokens of IAM where the user is a member of `rds_iam`.

Messages: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from pathlib import Path

from emulator.ministack.databases.authority import server_context
from emulator.ministack.databases.tokens import Target

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
AUTHENTICATED = b"R" + struct.pack("!ii", 8, 0)
PASSWORD_WANTED = b"R" + struct.pack("!ii", 8, 3)


class TlsProxy:
    """Forwards sessions to the server at the Unix socket `backend`."""

    def __init__(self, backend: Path, target: Target) -> None:
        self._backend = backend
        self._target = target
        self._server: asyncio.Server | None = None

    async def listen(self, address: str, port: int) -> None:
        self._tls = server_context(address)
        self._server = await asyncio.start_server(self._session, address, port)

    def close(self) -> None:
        if self._server:
            self._server.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # one side went away: end the other
            async with _closing(writer):
                await self._greet(reader, writer)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        code, message = await _request(reader)
        while code == GSS_REQUEST:
            writer.write(b"N")
            code, message = await _request(reader)
        if code == SSL_REQUEST:
            writer.write(b"S")
            await writer.start_tls(self._tls)
            code, message = await _request(reader)
        elif code != CANCEL_REQUEST:
            await _refuse(writer, "28000", "no pg_hba.conf entry for this host, no encryption")
            return
        to_reader, to_writer = await asyncio.open_unix_connection(self._backend)
        async with _closing(to_writer):
            to_writer.write(message)
            if code == CANCEL_REQUEST or await self._admitted(_user(message), reader, writer, to_reader):
                await _forward(reader, writer, to_reader, to_writer)

    async def _admitted(
        self,
        user: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        to_reader: asyncio.StreamReader,
    ) -> bool:
        """Pass on the server's first answer; it lets members of `rds_iam` in at once, after their token here."""
        answer = await to_reader.readexactly(len(AUTHENTICATED))
        if answer == AUTHENTICATED:
            writer.write(PASSWORD_WANTED)
            token = (await _message(reader)).rstrip(b"\0").decode(errors="replace")
            if not self._target.admits(token, user):
                await _refuse(writer, "28P01", f'PAM authentication failed for user "{user}"')
                return False
        writer.write(answer)
        return True


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()


async def _request(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """A message without a type, as a session begins: its code and all of it."""
    head = await reader.readexactly(8)
    length, code = struct.unpack("!ii", head)
    return code, head + await reader.readexactly(length - 8)


async def _message(reader: asyncio.StreamReader) -> bytes:
    _, length = struct.unpack("!ci", await reader.readexactly(5))
    return await reader.readexactly(length - 4)


async def _refuse(writer: asyncio.StreamWriter, code: str, text: str) -> None:
    fields = b"".join(f"{field}\0".encode() for field in ("SFATAL", "VFATAL", f"C{code}", f"M{text}")) + b"\0"
    writer.write(b"E" + struct.pack("!i", len(fields) + 4) + fields)
    await writer.drain()


async def _forward(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    to_reader: asyncio.StreamReader,
    to_writer: asyncio.StreamWriter,
) -> None:
    """Both ways, until either side ends."""
    ways = {asyncio.ensure_future(_copy(reader, to_writer)), asyncio.ensure_future(_copy(to_reader, writer))}
    _, unfinished = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in unfinished:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(256 * 1024):
        writer.write(data)
        await writer.drain()


def _user(startup: bytes) -> str:
    words = startup[8:].split(b"\0")
    return dict(zip(words[::2], words[1::2], strict=False)).get(b"user", b"").decode(errors="replace")
