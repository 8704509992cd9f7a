"""What the sample backend answers, without HTTP: health, orders, and the faults that can be switched on."""

import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import RealDictCursor

ORDERS = "SELECT number, service_code, status, quoted::float, created_at::text FROM orders"


@dataclass
class Drills:
    """Faults in force: seconds added to every request, share of requests that fail, what the checks find."""

    delay_seconds: float = 0.0
    error_rate: float = 0.0
    database: bool = True
    minimum_free_bytes: int = 50_000_000

    def change(self, wanted: dict[str, Any]) -> None:
        """Set the named faults; raises `ValueError` for one that does not exist, and then sets none."""
        if unknown := wanted.keys() - {drill.name for drill in fields(self)}:
            raise ValueError(f"no such drill: {', '.join(sorted(unknown))}")
        vars(self).update(wanted)

    def strike(self) -> None:
        """Do to the request at hand what the drills ask for."""
        time.sleep(self.delay_seconds)
        if random.random() < self.error_rate:  # noqa: S311 - decides who fails in a drill, guards nothing
            raise RuntimeError("failed by a drill")


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body, or a text in Prometheus' format."""

    status: HTTPStatus
    body: dict[str, Any] | str


@dataclass
class Api:
    """The sample API on one database."""

    database_url: str
    drills: Drills = field(default_factory=Drills)

    def query(self, statement: str, *parameters: object) -> list[dict[str, Any]]:
        """Return the rows of one statement, on its own connection so that no fault outlives its cause."""
        if not self.drills.database:
            raise psycopg2.OperationalError("the database is switched off by a drill")
        with closing(psycopg2.connect(self.database_url, connect_timeout=3)) as connection:
            cursor = connection.cursor(cursor_factory=RealDictCursor)
            cursor.execute("SET statement_timeout = '3s'")
            cursor.execute(statement, parameters)
            return [dict(row) for row in cursor.fetchall()]

    def health(self) -> Answer:
        """Degraded, and serving on, when a check fails: what needs no database is still answered."""
        checks = {"database": self.check_database(), "disk": self.check_disk()}
        failing = any(check["status"] != "ok" for check in checks.values())
        status = "degraded" if failing else "ok"
        return Answer(HTTPStatus.OK, {"status": status, "timestamp": datetime.now(UTC).isoformat(), "checks": checks})

    def check_database(self) -> dict[str, Any]:
        started = time.perf_counter()
        try:
            self.query("SELECT 1 AS alive")
        except psycopg2.Error as error:
            # The driver's text quotes host and login, and anyone may read the health body: only the kind is shown.
            return {"status": "failing", "latency_ms": milliseconds_since(started), "error": type(error).__name__}
        return {"status": "ok", "latency_ms": milliseconds_since(started)}

    def check_disk(self) -> dict[str, Any]:
        free = shutil.disk_usage(Path.cwd()).free
        return {"status": "ok" if free >= self.drills.minimum_free_bytes else "failing", "free_bytes": free}

    def latest_orders(self) -> Answer:
        return Answer(HTTPStatus.OK, {"orders": self.query(f"{ORDERS} ORDER BY id DESC LIMIT 20")})

    def order(self, number: str) -> Answer:
        found = self.query(f"{ORDERS} WHERE number = %s", number)
        return Answer(HTTPStatus.OK, found[0]) if found else NOT_FOUND

    @property
    def routes(self) -> dict[str, Callable[..., Answer]]:
        """Route templates, as the log names them, and who answers."""
        return {"/health": self.health, "/orders": self.latest_orders, "/orders/{number}": self.order}


NOT_FOUND = Answer(HTTPStatus.NOT_FOUND, {"error": "not found"})


def milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
