"""Endpoints that answer at once, each on a port of its own, and after 30 s on the path /hang."""

import asyncio
import contextlib
import json
import resource
import subprocess
import sys
from collections.abc import Iterator

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status": "ok"}'


@contextlib.contextmanager
def answering(number: int) -> Iterator[list[int]]:
    """The ports of so many endpoints, in a process of their own."""
    command = [sys.executable, "-m", "bench.answering", str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


async def _serve(number: int) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    servers = [await asyncio.start_server(_answer, "127.0.0.1", 0) for _ in range(number)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.Event().wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" ")[1] == b"/hang":
            await asyncio.sleep(30)
        writer.write(ANSWER)
        await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
