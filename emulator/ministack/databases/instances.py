"""The server behind an instance: its address, its roles and its master user, as RDS sets them up."""

import asyncio
import json
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import rds, secretsmanager
from psycopg2.sql import SQL, Identifier, Literal

from emulator import postgres
from emulator.ministack.databases.tls_proxy import TlsProxy
from emulator.ministack.databases.tokens import Target

# The roles that RDS brings, and what its `rds_superuser` may hand on.
ROLES = """
    CREATE ROLE rds_superuser; CREATE ROLE rds_iam;
    GRANT rds_iam, pg_monitor, pg_signal_backend, pg_read_all_data, pg_write_all_data
        TO rds_superuser WITH ADMIN OPTION;
"""
# `trust` is for sessions of the proxy, which has checked the token. Whoever may hand `rds_iam` on counts as its
# member, and yet logs in by password.
ACCESS = """
local all +rds_superuser scram-sha-256
local all +rds_iam trust
local all all scram-sha-256
host all,replication postgres 127.0.0.1/32 scram-sha-256
"""

Make = Callable[[Path, dict[str, str], dict[str, Any]], postgres.Server]
"""Starts a server on a data directory that is not there yet, with settings, for an instance."""

_running: dict[str, "Running"] = {}


@dataclass(frozen=True)
class Running:
    server: postgres.Server
    proxy: TlsProxy


def start(instance: dict[str, Any], *, manage_password: bool) -> None:
    """Put a server behind the record of an instance; other engines than PostgreSQL stay records."""
    if instance["Engine"] != "postgres":
        return
    if manage_password:
        _keep_password_in_secret(instance)
    _run(instance, _make_new)


def start_copy(instance: dict[str, Any], source: dict[str, Any]) -> None:
    """Put a server behind the record that holds what the source's holds now."""
    origin = _running[source["DbiResourceId"]].server
    _run(instance, lambda data, settings, _instance: postgres.start_copy(data, origin, settings=settings))


def _run(instance: dict[str, Any], make: Make) -> None:
    instance["Endpoint"] |= {"Address": _free_address(int(instance["Endpoint"]["Port"]))}
    target = Target(get_account_id(), get_region(), instance["DBInstanceIdentifier"])
    _running[instance["DbiResourceId"]] = _owner.run(_start(instance, target, make))


def manage_password(instance: dict[str, Any]) -> None:
    """Keep the master user's password, a new one, in a secret from now on."""
    _keep_password_in_secret(instance)
    master, password = Identifier(instance["MasterUsername"]), Literal(instance["_MasterUserPassword"])
    with closing(psycopg2.connect(_running[instance["DbiResourceId"]].server.url())) as session, session:
        session.cursor().execute(SQL("ALTER ROLE {} PASSWORD {}").format(master, password))


def stop(instance: dict[str, Any] | None) -> None:
    running = _running.pop(instance["DbiResourceId"], None) if instance else None
    if instance and running:
        _owner.run(_stop(running))
        secretsmanager.delete_secret_in_process(instance.get("MasterUserSecret", {}).get("SecretArn", ""))


def _free_address(port: int) -> str:
    """An address of the loopback interface on which nobody listens at this port; other accounts have theirs."""
    for _ in range(20):
        address = f"127.{64 + secrets.randbelow(64)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) != 0:
                return address
    raise ValueError(f"port {port} is taken on every address of this machine: stop the server that listens there")


def _keep_password_in_secret(instance: dict[str, Any]) -> None:
    password = rds._generate_master_user_password()
    content = json.dumps({"username": instance["MasterUsername"], "password": password})
    arn = secretsmanager.create_secret_in_process(f"rds!db-{new_uuid()}", content)
    instance |= {
        "_MasterUserPassword": password,
        "MasterUserSecret": {"SecretArn": arn, "SecretStatus": "active"},
    }


def _make_new(data: Path, settings: dict[str, str], instance: dict[str, Any]) -> postgres.Server:
    server = postgres.start(data, settings=settings)
    try:
        _set_up(server, instance)
    except BaseException:
        server.child.stop()
        raise
    return server


async def _start(instance: dict[str, Any], target: Target, make: Make) -> Running:
    folder = Path(tempfile.mkdtemp(prefix="rds"))
    access = folder / "access.conf"
    access.write_text(ACCESS)
    settings = _parameters(instance) | {"hba_file": str(access), "unix_socket_directories": str(folder)}
    server = make(folder / "data", settings, instance)
    proxy = TlsProxy(folder / f".s.PGSQL.{server.port}", target)
    try:
        await proxy.listen(instance["Endpoint"]["Address"], int(instance["Endpoint"]["Port"]))
    except BaseException:
        server.child.stop()
        raise
    return Running(server, proxy)


async def _stop(running: Running) -> None:
    running.proxy.close()
    running.server.child.stop()


def _parameters(instance: dict[str, Any]) -> dict[str, str]:
    """What the instance's parameter group sets; formulas of RDS are left to PostgreSQL's defaults."""
    names = [group["DBParameterGroupName"] for group in instance.get("DBParameterGroups", ())]
    groups = [rds._param_groups[name] for name in names if name in rds._param_groups]
    return {
        name: str(parameter["ParameterValue"])
        for group in groups
        for name, parameter in group.get("Parameters", {}).items()
        if "{" not in str(parameter["ParameterValue"])
    }


def _set_up(server: postgres.Server, instance: dict[str, Any]) -> None:
    connection = psycopg2.connect(server.url())
    connection.autocommit = True  # CREATE DATABASE wants it
    master, password = Identifier(instance["MasterUsername"]), Literal(instance["_MasterUserPassword"])
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        cursor.execute(SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(master, password))
        cursor.execute(SQL("GRANT rds_superuser TO {}").format(master))
        cursor.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(instance["DBName"]), master))
    connection.close()


class _Owner:
    """One thread for all servers and proxies: a server ends when the thread that started it ends."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="rds")

    def run(self, work: Any) -> Any:
        if not self._thread.is_alive():
            self._thread.start()
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()


_owner = _Owner()
