"""The sample backend as a child process that can be stopped, started again and made to fail."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from emulator import process
from emulator.account import ROOT
from emulator.errors import EmulatorError
from emulator.process import Child
from lambdas.vocabulary.names import ServiceNames

START_SECONDS = 20.0


@dataclass
class Backend:
    """One running backend; it keeps its port when it is started again."""

    name: str
    directory: Path
    database_url: str
    certificate: Path | None = None
    outlives_parent: bool = False
    port: int = 0
    service: str = ServiceNames().service
    """The lines of its log are of `<service>-backend`."""
    url: str = ""
    child: Child | None = None

    def start(self) -> "Backend":
        arguments = ["--drills", "--port", str(self.port)]
        arguments += ["--certificate", str(self.certificate)] if self.certificate else []
        child = process.start(
            self.name,
            [sys.executable, "-m", "demo.sample.backend", *arguments],
            directory=self.directory,
            environment={
                "DATABASE_URL": self.database_url,
                "SERVICE": f"{self.service}-backend",
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            outlives_parent=self.outlives_parent,
        )
        child.wait_until(lambda: "listening" in child.log.read_text(), START_SECONDS)
        self.url = json.loads(child.log.read_text().splitlines()[0])["url"]
        self.port = int(self.url.rpartition(":")[2])
        self.child = child
        return self

    @property
    def log(self) -> Path:
        """Where its lines are; a new file when it is started again."""
        if self.child is None:
            raise EmulatorError(f"{self.name} has no log: it was not started")
        return self.child.log

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def drill(self, **faults: Any) -> None:
        """Cause faults: the fields of `demo.sample.api.Drills`."""
        request = Request(f"{self.url}/drills", json.dumps(faults).encode(), method="POST")  # noqa: S310  (our own child)
        urlopen(request, timeout=10).close()  # noqa: S310  (the same)
