"""Brings up everything that `make run` and `make up` need: account, PostgreSQL, sample backend, deployed stacks."""

import fcntl
import json
import shutil
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import tomli_w

from embedded import account, postgres, process
from embedded.account import ROOT
from embedded.cdk import Cdk
from embedded.console import Console
from embedded.errors import EmbeddedError
from embedded.sample import database
from embedded.stage import Stage
from stacks.settings import ExternalDatabase, load

ENVIRONMENT = "local"
BACKEND_SECONDS = 20.0


@dataclass(frozen=True)
class Raised:
    """What runs, and where."""

    stage: Stage
    database_url: str
    backend_url: str


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Keep a second command out of `directory` while the first one works there."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(f"another command works in {directory.relative_to(ROOT)}: wait for it to end") from None
        yield


def raise_all(console: Console, directory: Path, foreign_url: str | None, *, outlives_parent: bool = False) -> Raised:
    """Start everything afresh in `directory`; `foreign_url` takes the place of the sample database.

    What was started is stopped by `process.stop_recorded(directory)`, also when this raises.
    """
    with ThreadPoolExecutor() as pool:
        with console.step("starting an AWS account on this machine"):
            running = account.start(directory, outlives_parent=outlives_parent)
        cdk = Cdk(running.client_environment(), directory, report=lambda _: None)
        bootstrapping = pool.submit(cdk.bootstrap)
        database_url = foreign_url or _database(console, directory, outlives_parent=outlives_parent)
        backend_url = _backend(directory, database_url, outlives_parent=outlives_parent)
        environments = _environment_file(directory, backend_url, foreign=foreign_url is not None)
        synthesis = pool.submit(cdk.synthesize, ENVIRONMENT, environments)
        if not foreign_url:
            with console.step("loading the sample database"):
                database.load(database_url)
        stage = Stage(running, load(ENVIRONMENT, environments))
        _keep_secret(stage, database_url)
        with console.step("cdk bootstrap, with the real CDK CLI"):
            bootstrapping.result()
        with console.step(f"cdk synth, of environments/{ENVIRONMENT}.toml"):
            synthesis.result()
    with console.step("cdk deploy --all"):
        cdk.deploy()
    running.enforce_iam()
    console.fact("IAM policies are enforced from here on")
    return Raised(stage, database_url, backend_url)


def _database(console: Console, directory: Path, *, outlives_parent: bool) -> str:
    """Start PostgreSQL with an empty database; returns its URL."""
    with console.step("starting PostgreSQL"):
        data = directory / "postgresql"
        shutil.rmtree(data, ignore_errors=True)
        server = postgres.start(data, outlives_parent=outlives_parent)
        with closing(psycopg2.connect(server.url())) as session:
            session.autocommit = True
            session.cursor().execute("CREATE DATABASE junkos")
    return server.url("junkos")


def _backend(directory: Path, database_url: str, *, outlives_parent: bool) -> str:
    """Start the sample backend with its fault switches; returns its URL."""
    child = process.start(
        "backend",
        [sys.executable, "-m", "embedded.sample.backend", "--drills"],
        directory=directory,
        environment={"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        outlives_parent=outlives_parent,
    )
    child.wait_until(lambda: "listening" in child.log.read_text(), BACKEND_SECONDS)
    url: str = json.loads(child.log.read_text().splitlines()[0])["url"]
    return url


def _keep_secret(stage: Stage, database_url: str) -> None:
    """Store the URL as an operator would, before the deployment that names it."""
    settings = stage.environment.database
    if not isinstance(settings, ExternalDatabase):
        raise EmbeddedError(f'environments/{ENVIRONMENT}.toml: database.mode must be "external": there is no RDS here')
    stage.client("secretsmanager").create_secret(Name=settings.url_secret, SecretString=database_url)


def _environment_file(directory: Path, backend_url: str, *, foreign: bool) -> Path:
    """The folder with this run's copy of the environment's file: the backend's port is a free one, and a foreign
    database has not the sample's tables."""
    content = tomllib.loads((ROOT / "environments" / f"{ENVIRONMENT}.toml").read_text())
    content["uptime"]["endpoints"][0]["url"] = f"{backend_url}/health"
    if foreign:
        del content["database"]["critical_tables"], content["database"]["sql_assertions"]
    copied = directory / "environments"
    copied.mkdir(exist_ok=True)
    (copied / f"{ENVIRONMENT}.toml").write_text(tomli_w.dumps(content))
    return copied
