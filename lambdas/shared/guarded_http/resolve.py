"""Names to addresses, by the system's resolver in threads."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Lookup = Callable[[str], list[str]]
"""The addresses of a host, most preferred first; raises socket.gaierror.  Blocks."""

# A hanging name keeps its thread for as long as the system's resolver tries; this many may hang before others wait.
THREADS = 128


def system_lookup(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Resolver:
    """Asks for each host once, however many endpoints lie on it.  For one run and one event loop."""

    def __init__(self, lookup: Lookup = system_lookup, threads: int = THREADS) -> None:
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dns")
        self._answers: dict[str, asyncio.Future[list[str]]] = {}
        self._begun: set[str] = set()

    async def addresses(self, host: str) -> list[str]:
        """Raises socket.gaierror; waits for as long as the system's resolver takes."""
        answer = self._answers.get(host)
        if answer is None:
            answer = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, host)
            answer.add_done_callback(_retrieve)
            self._answers[host] = answer
        return await asyncio.shield(answer)  # one endpoint's timeout is not the others'

    def has_begun(self, host: str) -> bool:
        """Whether a thread was free to ask; where none was, the silence is the prober's own."""
        return host in self._begun

    def close(self) -> None:
        """Leave hanging lookups to end by themselves."""
        for answer in self._answers.values():
            answer.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, host: str) -> list[str]:
        self._begun.add(host)
        return self._lookup(host)


def _retrieve(answer: asyncio.Future[list[str]]) -> None:
    if not answer.cancelled():
        answer.exception()  # a failure that no endpoint waits for is not logged
