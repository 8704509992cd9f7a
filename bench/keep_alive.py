"""A server that speaks TLS, keeps connections open and answers at once, in a process of its own."""

import asyncio
import contextlib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.answering import ANSWER
from emulator.certificates import Authority


@contextlib.contextmanager
def keeping_alive(directory: Path) -> Iterator[tuple[str, Path]]:
    """Its address, and the file of the authority that its certificate is from."""
    authority = Authority.create("bench")
    trusted, own = directory / "authority.pem", directory / "server.pem"
    trusted.write_bytes(authority.pem)
    own.touch(0o600)
    own.write_bytes(authority.issue("127.0.0.1"))
    command = [sys.executable, "-m", "bench.keep_alive", str(own)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = (process.stdout.readline() if process.stdout else "").strip()
            yield f"https://127.0.0.1:{port}/", trusted
        finally:
            process.terminate()


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(ANSWER)
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
