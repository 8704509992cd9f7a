"""Brings up everything that `make run` and `make up` need: account, PostgreSQL, sample backend, deployed stacks."""

import fcntl
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import tomli_w

from demo.backend import Backend
from demo.console import Console
from demo.inboxes import running as inboxes
from demo.inboxes.receivers import ROUTING_KEY, WEBHOOK_KEY
from demo.inboxes.running import RunningInboxes
from demo.sample import database
from emulator import account, log_shipper, postgres
from emulator.account import ROOT
from emulator.cdk import Cdk
from emulator.certificates import Authority
from emulator.errors import EmulatorError
from emulator.stage import Stage
from stacks.settings import ExternalDatabase, load

ENVIRONMENT = "local"
AUTHORITIES = "authorities.pem"
CERTIFICATE_LIFETIME = timedelta(days=20)
ERRORS_TOKEN = "a-token-of-the-embedded-account"  # noqa: S105  (of this machine alone)


@dataclass(frozen=True)
class Started:
    """What runs, and where."""

    stage: Stage
    database_url: str
    backend: Backend
    inboxes: RunningInboxes


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Keep a second command out of `directory` while the first one works there."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmulatorError(f"another command works in {directory.relative_to(ROOT)}: wait for it to end") from None
        yield


def start_all(
    console: Console,
    directory: Path,
    foreign_url: str | None,
    *,
    outlives_parent: bool = False,
    changes: Mapping[str, Any] | None = None,
) -> Started:
    """Start everything afresh in `directory`; `foreign_url` replaces the sample database.

    `changes` are settings, at the top of the environment's file or by section, that this deployment has otherwise.

    What was started is stopped by `process.stop_recorded(directory)`, also when this raises.
    """
    names = load(ENVIRONMENT, ROOT / "environments").names
    second = (changes or {}).get("backups", {}).get("copy_region")
    with ThreadPoolExecutor() as pool:
        with console.step("starting an AWS account on this machine"):
            receiving = inboxes.start(directory, outlives_parent=outlives_parent)
            running = account.start(directory, outlives_parent=outlives_parent, people=receiving.variables())
        cdk = Cdk(running.client_environment(), directory, report=lambda _: None)
        bootstrapping = pool.submit(cdk.bootstrap, *([second] if second else []))
        database_url = foreign_url or _database(console, directory, names.in_postgres, outlives_parent=outlives_parent)
        backend = Backend(
            "backend", directory, database_url, outlives_parent=outlives_parent, service=names.service
        ).start()
        authority = Authority.create("Sample CA")
        secure = replace(backend, name="backend-tls", port=0, certificate=_certificate(directory, authority)).start()
        environments = _environment_file(
            directory, backend.url, secure.url, receiving.url, changes or {}, foreign=foreign_url is not None
        )
        synthesis = pool.submit(cdk.synthesize, ENVIRONMENT, environments)
        if not foreign_url:
            with console.step("loading the sample database"):
                database.load(database_url)
        stage = Stage(running, load(ENVIRONMENT, environments))
        _keep_secrets(stage, database_url, receiving)
        with console.step("cdk bootstrap, with the real CDK CLI"):
            bootstrapping.result()
        with console.step(f"cdk synth, of environments/{ENVIRONMENT}.toml"):
            synthesis.result()
    with console.step("cdk deploy --all"):
        cdk.deploy()
    running.enforce_iam()
    console.fact("IAM policies are enforced from here on")
    for sample in (backend, secure):
        group = stage.environment.backend_log_group
        log_shipper.start(running, directory, sample.log, group, outlives_parent=outlives_parent)
    return Started(stage, database_url, backend, receiving)


def _database(console: Console, directory: Path, name: str, *, outlives_parent: bool) -> str:
    """Start PostgreSQL with an empty database; returns its URL."""
    with console.step("starting PostgreSQL"):
        data = directory / "postgresql"
        shutil.rmtree(data, ignore_errors=True)
        server = postgres.start(data, outlives_parent=outlives_parent)
        with closing(psycopg2.connect(server.url())) as session:
            session.autocommit = True
            session.cursor().execute(f"CREATE DATABASE {name}")
    return server.url(name)


def _keep_secrets(stage: Stage, database_url: str, receiving: RunningInboxes) -> None:
    """Store what the settings name a secret for, as an operator would, before the deployment."""
    settings = stage.environment.database
    if not isinstance(settings, ExternalDatabase):
        raise EmulatorError(f'environments/{ENVIRONMENT}.toml: database.mode must be "external": there is no RDS here')
    kept = {settings.url_secret: database_url}
    secrets = {"slack_webhook": receiving.slack_url, "pagerduty": ROUTING_KEY, "webhook": WEBHOOK_KEY}
    for channel in stage.environment.alerts.rendered:
        served = channel.rendered_for()
        kept[served.secret] = secrets[served.kind]
    vault = stage.client("secretsmanager")
    for name, value in kept.items():
        vault.create_secret(Name=name, SecretString=value)
    parameters = stage.client("ssm")
    if stage.environment.errors.relay_parameter:
        parameters.put_parameter(
            Name=stage.environment.errors.relay_parameter, Value=receiving.sentry_dsn, Type="SecureString"
        )
    for project in stage.environment.errors.projects:
        if project.token_parameter:
            parameters.put_parameter(Name=project.token_parameter, Value=ERRORS_TOKEN, Type="SecureString")


def clients_of_errors(stage: Stage) -> dict[str, str]:
    """The variables by which Sentry's SDKs and sentry-cli reach the error tracker."""
    return {
        "SENTRY_DSN": stage.dsn,
        "SENTRY_URL": _root_of(stage.errors_front),
        "SENTRY_ORG": stage.environment.service,
        "SENTRY_PROJECT": stage.environment.errors.projects[0].name,
        "SENTRY_AUTH_TOKEN": ERRORS_TOKEN,
    }


def _root_of(front: str) -> str:
    """The same front at the root of a host below `localhost`: sentry-cli takes no path, and knows such hosts."""
    address, _, identifier = front.rpartition("/_aws/execute-api/")
    return f"http://{identifier}.execute-api.localhost:{urlsplit(address).port}/"


def _certificate(directory: Path, authority: Authority) -> Path:
    """A certificate that ends soon, and beside it the authority that the probes trust."""
    (directory / AUTHORITIES).write_bytes(authority.pem)
    file = directory / "backend.pem"
    file.touch(0o600)
    file.write_bytes(authority.issue("127.0.0.1", CERTIFICATE_LIFETIME))
    return file


def _environment_file(
    directory: Path, backend_url: str, secure_url: str, inboxes_url: str, changes: Mapping[str, Any], *, foreign: bool
) -> Path:
    """The folder with this run's copy of the environment's file.

    The ports of backends and inboxes are free ones, and a foreign database does not have the sample's tables.
    """
    content = tomllib.loads((ROOT / "environments" / f"{ENVIRONMENT}.toml").read_text())
    plain, secure = content["uptime"]["endpoints"]
    plain["url"], secure["url"] = f"{backend_url}/health", f"{secure_url}/health"
    for route in content["load_test"]["routes"]:
        route["url"] = f"{secure_url}{urlsplit(route['url']).path}"
    for read in content["api"]["prometheus"]:
        read["url"] = f"{backend_url}/metrics"
    for channel in content["alerts"]["channels"]:
        if "url" in channel:
            channel["url"] = f"{inboxes_url}{urlsplit(channel['url']).path}"
    content["uptime"]["authorities"] = str(directory / AUTHORITIES)
    if foreign:
        del content["database"]["critical_tables"], content["database"]["sql_assertions"]
    for name, value in changes.items():
        content[name] = {**content.get(name, {}), **value} if isinstance(value, dict) else value
    copied = directory / "environments"
    copied.mkdir(exist_ok=True)
    (copied / f"{ENVIRONMENT}.toml").write_text(tomli_w.dumps(content))
    return copied
