"""The sample shop: a real Express application with Sentry's SDK, as one release of it or another."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from emulator import process
from emulator.account import NODE, ROOT

START_SECONDS = 30.0
SERVER = ROOT / "demo" / "sample" / "shop" / "server.js"


@dataclass(frozen=True)
class Shop:
    url: str
    child: process.Child

    @classmethod
    def start(cls, directory: Path, *, dsn: str, environment: str, release: str) -> "Shop":
        child = process.start(
            f"shop-{release}",
            [str(NODE / "node"), str(SERVER)],
            directory=directory,
            environment={"SENTRY_DSN": dsn, "SENTRY_ENVIRONMENT": environment, "SENTRY_RELEASE": release},
        )
        child.wait_until(lambda: '"url"' in child.log.read_text(), START_SECONDS)
        line = next(line for line in child.log.read_text().splitlines() if '"url"' in line)
        return cls(json.loads(line)["url"], child)

    def ask_for_receipt(self, order: str, **body: str) -> int:
        """The status of the answer."""
        request = Request(  # noqa: S310  our own shop
            f"{self.url}/orders/{order}/receipt",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": "Bearer a-secret-of-the-story"},
        )
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310
                return HTTPStatus(answer.status)
        except HTTPError as refused:
            refused.close()
            return refused.code
