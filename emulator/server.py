"""The server process of the embedded account: `python -m emulator.server <file for its port>`.

MiniStack's application in this process, on one port of 127.0.0.1, completed by what it lacks.
Its environment is the one that `emulator.account` builds: MiniStack reads it at import.
"""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from emulator.process import kill_session


def main(port_file: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = str(listener.getsockname()[1])
    os.environ["GATEWAY_PORT"] = port
    _write_at_once(port_file, port)
    asyncio.run(_serve(listener))


def _write_at_once(file: Path, text: str) -> None:
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(file)


async def _serve(listener: socket.socket) -> None:
    # Imported here because MiniStack reads its port from the environment at import.
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415

    from emulator.ministack import completed_application  # noqa: PLC0415

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _end)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = "WARNING"
    # An idle connection is the client's to close: one that is used again just when the server closes it is reset.
    config.keep_alive_timeout = 3600
    await serve(completed_application(), config, shutdown_trigger=asyncio.Event().wait)


def _end() -> None:
    """End at once with every function that runs: the account lives in memory, there is nothing to save."""
    kill_session(os.getpid())
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
