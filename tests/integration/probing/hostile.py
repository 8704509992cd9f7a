"""Servers on 127.0.0.1 that answer well, badly or not at all; each stops with its `with` block."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.contextmanager
def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port at which `serve` gets each connection, in a thread of its own."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # clients that go away are the point of these tests
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(_quietly(serve), "127.0.0.1", 0, ssl=tls), loop
    ).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextlib.contextmanager
def refusing_handshakes(tls: ssl.SSLContext) -> Iterator[int]:
    """The port of a server that ends one handshake with an alert, which asyncio's servers forget to send."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_refuse, args=(server, tls), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def _refuse(server: socket.socket, tls: ssl.SSLContext) -> None:
    connection, _ = server.accept()
    shaking = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
    with contextlib.suppress(ssl.SSLError):
        shaking.do_handshake()
    with socket.socket(fileno=shaking.detach()) as plain, contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(4096):  # closing with unread data would reset the connection, and the alert be lost
            pass


def _quietly(serve: Serve) -> Serve:
    async def serve_quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                await serve(reader, writer)
                writer.close()
                await writer.wait_closed()
            finally:
                writer.close()

    return serve_quietly


async def _stop(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def request(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def answer(body: bytes = b"fine", *, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; header names are written with underscores."""
    given = {"content_type": "text/plain", "content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Serve:
    """Gives each request the next of these answers, and the last one ever after."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return serve


def json_answer(text: str | bytes, status: str = "200 OK") -> bytes:
    body = text.encode() if isinstance(text, str) else text
    return answer(body, status=status, content_type="application/json")


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


def endless(head: bytes, piece: bytes, pause: float = 0.0) -> Serve:
    """After `head`, `piece` for ever."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return serve
