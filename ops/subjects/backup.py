"""`ops <environment> backup <verb>`.

A backup is named by its folder in the bucket, or by `latest`, the newest one that was proven by a restore.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import tomli_w

from layers.build import import_path

for layer in ("postgres_client", "postgresql_tools"):  # the very tools that the functions use
    sys.path.append(str(import_path(layer)))

from lambdas.shared.catalogue import Catalogue  # noqa: E402
from lambdas.shared.clock import now  # noqa: E402
from lambdas.shared.drills import drills, trend  # noqa: E402
from lambdas.shared.postgres import Login  # noqa: E402
from lambdas.shared.quantities import quantity  # noqa: E402
from lambdas.vocabulary.backups import MARKS, Answer  # noqa: E402
from lambdas.vocabulary.codec import decode, encode  # noqa: E402
from lambdas.vocabulary.drills import KEPT, Drill, Kind  # noqa: E402
from lambdas.vocabulary.metrics import Unit  # noqa: E402
from ops.account import operator  # noqa: E402
from ops.backup import large_runs  # noqa: E402
from ops.backup.drills import HEADINGS, fields_of, line_of, row_of, summary_of  # noqa: E402
from ops.backup.failures import as_operator_errors  # noqa: E402
from ops.backup.fetch import fetch  # noqa: E402
from ops.backup.instance_orders import Empty, ToMoment  # noqa: E402
from ops.backup.listing import ListedBackup, listed  # noqa: E402
from ops.backup.point_in_time import hold  # noqa: E402
from ops.backup.recover import Recovered, database_in, recover  # noqa: E402
from ops.backup.restore import restore  # noqa: E402
from ops.backup.select import LATEST, commit_of  # noqa: E402
from ops.backup.target import login_at  # noqa: E402
from ops.backup.watched import WatchedBackup  # noqa: E402
from ops.chosen import Chosen, pass_chosen  # noqa: E402
from ops.errors import ExitCode, UsageError  # noqa: E402
from ops.output import json_option, print_fields, print_json, print_table  # noqa: E402
from ops.progress import transferring, waiting  # noqa: E402
from ops.times import time_of  # noqa: E402


class _Backups(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        with as_operator_errors():
            return super().invoke(ctx)


@click.group(cls=_Backups)
def commands() -> None:
    """Take, list, prove, fetch and restore backups."""


def _backup_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("backup", default=LATEST)(command)


def _catalogue(chosen: Chosen, *, from_copy: bool) -> Catalogue:
    return chosen.account.copies() if from_copy else chosen.account.catalogue()


_from_copy = click.option(
    "--from-copy", is_flag=True, help="of the copies in the second region; asks the first nothing"
)
_reason = click.option("--reason", default="by hand", show_default=True, help="written into what it makes")


@commands.command("now")
@_reason
@pass_chosen
def back_up(chosen: Chosen, reason: str) -> None:
    """Take a backup now; its restore proves it some minutes later."""
    answer = _run(chosen, "database_backup", "backing up", requested_by=operator(), reason=reason)
    click.echo(answer["backup"])
    click.echo(f"{answer['tables']} tables, {answer['rows']:,} rows, {answer['stored_bytes']:,} bytes")


@commands.command("list")
@click.option("--newest", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="so many")
@_from_copy
@json_option
@pass_chosen
def list_backups(chosen: Chosen, newest: int, *, from_copy: bool, as_json: bool) -> None:
    """The backups, newest first, with their verdicts."""
    database = chosen.settings.database.name
    backups = list(listed(_catalogue(chosen, from_copy=from_copy), database, newest))
    if as_json:
        print_json({"database": database, "backups": [backup.summary() for backup in backups]})
    elif not backups and from_copy:
        click.echo(f"there is no copy of a backup of {database} yet: each new backup gets one within minutes")
    elif not backups:
        click.echo(f"there is no backup of {database} yet: ops {chosen.name} backup now takes one")
    else:
        print_table(("backup", "age", "rows", "stored", "verdict"), map(_row, backups), right=(1, 2, 3))


def _row(backup: ListedBackup) -> tuple[str, ...]:
    manifest = backup.manifest
    age = f"{backup.hours_old:.1f} h"
    return manifest.backup, age, f"{manifest.rows:,}", quantity(manifest.stored_bytes, Unit.BYTES), backup.verdict


@commands.command("show")
@_backup_argument
@_from_copy
@json_option
@pass_chosen
def show(chosen: Chosen, backup: str, *, from_copy: bool, as_json: bool) -> None:
    """One backup: what it holds, and what its restore showed."""
    catalogue = _catalogue(chosen, from_copy=from_copy)
    found = ListedBackup.of(catalogue, commit_of(catalogue, chosen.settings.database.name, backup))
    if as_json:
        print_json(found.details())
        return
    manifest = found.manifest
    print_fields(
        [
            ("backup", manifest.backup),
            ("snapshot", manifest.snapshot_at),
            ("server", f"PostgreSQL {manifest.server_version}"),
            ("tables", f"{len(manifest.tables)}, {manifest.rows:,} rows"),
            ("bytes", f"{manifest.stored_bytes:,} stored, {manifest.raw_bytes:,} as an archive"),
            ("retention", manifest.retention),
            ("verdict", found.verdict),
        ]
    )
    if verification := found.verification:
        for check in verification.checks:
            click.echo(f"{MARKS[check.result]} {check.name}: {check.detail}")
    _print_left_out(map(str, verification.left_out if verification else manifest.left_out))


@commands.command("verify")
@_backup_argument
@_reason
@pass_chosen
def verify(chosen: Chosen, backup: str, reason: str) -> ExitCode:
    """Restore a backup into an empty server at AWS and check it; ends with 1 unless it is proven."""
    commit = commit_of(chosen.account.catalogue(), chosen.settings.database.name, backup)
    returned = _run(
        chosen,
        "restore_verification",
        f"restoring and checking {commit.manifest.backup}",
        backup=commit.manifest.backup,
        requested_by=operator(),
        reason=reason,
    )
    answer = decode(Answer, returned, ignore_unknown=True)
    for check in answer.checks:
        click.echo(f"{MARKS[check.result]} {check.name}: {check.detail}")
    _print_left_out(map(str, answer.left_out))
    click.echo(f"{answer.backup} is {answer.text}")
    return ExitCode.DONE if answer.is_proof_at(now()) else ExitCode.WRONG


@commands.command("drill")
@_reason
@click.option("--point-in-time", is_flag=True, help="of RDS's own backups, into a temporary instance")
@json_option
@pass_chosen
def drill(chosen: Chosen, reason: str, *, point_in_time: bool, as_json: bool) -> ExitCode:
    """Restore the newest proven backup at AWS, and record its times; ends with 1 unless it is proven, and in time."""
    done = _hold_point_in_time(chosen, reason) if point_in_time else _hold_drill(chosen, reason)
    if as_json:
        print_json(summary_of(done))
    else:
        print_fields(fields_of(done))
        for finding in done.findings:
            click.echo(f"✗ {finding}")
    return ExitCode.DONE if done.is_good else ExitCode.WRONG


def _hold_drill(chosen: Chosen, reason: str) -> Drill:
    doing = "restoring and checking the newest proven backup"
    answer = _run(chosen, "restore_verification", doing, drill=True, requested_by=operator(), reason=reason)
    return decode(Drill, answer, ignore_unknown=True)


def _hold_point_in_time(chosen: Chosen, reason: str) -> Drill:
    with waiting("RDS restores its own backups into a temporary instance, which takes ten minutes and more"):
        return hold(chosen.account, reason)


@commands.command("drills")
@json_option
@pass_chosen
def list_drills(chosen: Chosen, *, as_json: bool) -> None:
    """The full drills of the last fifteen months, newest first, and where their times are going."""
    catalogue, database = chosen.account.catalogue(), chosen.settings.database.name
    of_kinds = {kind: drills(catalogue.s3, catalogue.bucket, database, since=now() - KEPT, kind=kind) for kind in Kind}
    found = sorted((each for of_kind in of_kinds.values() for each in of_kind), key=lambda each: each.at, reverse=True)
    going = {kind: trend(of_kind) for kind, of_kind in of_kinds.items()}
    if as_json:
        document = {"database": database, "drills": list(map(summary_of, found)), "trend": encode(going[Kind.BACKUP])}
        print_json(document | {"point_in_time_trend": encode(going[Kind.POINT_IN_TIME])})
    elif not found:
        click.echo(f"there was no drill of {database} yet: ops {chosen.name} backup drill holds one")
    else:
        print_table(HEADINGS, map(row_of, found), right=(3, 4, 5, 6), name=1)
        for kind, of_kind in of_kinds.items():
            if of_kind:
                click.echo(line_of(going[kind], kind))


@commands.command("fetch")
@_backup_argument
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), required=True, help="a folder, made if needed")
@_from_copy
@pass_chosen
def fetch_backup(chosen: Chosen, backup: str, to: Path, *, from_copy: bool) -> None:
    """Download a backup, decompressed and checked."""
    with _watched(_catalogue(chosen, from_copy=from_copy), chosen, backup, "fetching") as found:
        fetch(found, to)
    _print_left_out(map(str, found.manifest.left_out))
    click.echo(f"{found.manifest.backup} lies in {to}, whole; restore it with pg_restore --dbname=… dump.pgc")


@commands.command("restore")
@_backup_argument
@click.option("--to", required=True, metavar="URL", help="postgresql://user@host/name, without password")
@click.option("--create-roles", is_flag=True, help="make the roles that policies name, without login")
@click.option("--leave-out", is_flag=True, help="leave out what the target lacks something for")
@_from_copy
@pass_chosen
def restore_backup(
    chosen: Chosen, backup: str, to: str, *, create_roles: bool, leave_out: bool, from_copy: bool
) -> None:
    """Restore a backup into an empty database, and compare it with what the source held."""
    catalogue = _catalogue(chosen, from_copy=from_copy)
    login = login_at(to, chosen.settings.names.session_name("recovery"))  # before anything is fetched for it
    _restore_into(login, chosen, catalogue, backup, create_roles=create_roles, leave_out=leave_out)


@commands.command("recover")
@click.option("--as", "target", required=True, metavar="NAME", help="of the new RDS instance")
@click.option("--at", metavar="TIME", help="a moment such as 2026-12-01T09:05 (UTC); without it the latest")
@click.option("--backup", metavar="BACKUP", help="restore a backup in place of RDS's own data; `latest` is one, too")
@click.option("--create-roles", is_flag=True, help="with --backup: make the roles that policies name, without login")
@click.option("--leave-out", is_flag=True, help="with --backup: leave out what the new instance lacks something for")
@_from_copy
@json_option
@pass_chosen
def recover_instance(
    chosen: Chosen,
    target: str,
    at: str | None,
    backup: str | None,
    *,
    create_roles: bool,
    leave_out: bool,
    from_copy: bool,
    as_json: bool,
) -> ExitCode:
    """Bring the RDS instance back as a new one that is in all else as it; ends with 1 unless it is.

    It may be stopped and typed again: it goes on with the instance that it ordered.
    """
    if backup and at:
        raise UsageError("--at and --backup exclude each other: RDS's own data are of a moment, a backup is of its own")
    if not backup and (create_roles or leave_out or from_copy):
        raise UsageError("--create-roles, --leave-out and --from-copy go with --backup")
    moment = time_of("--at", at) if at and at != "latest" else None
    database = chosen.settings.database
    way = Empty(database_in(chosen.settings)) if backup else ToMoment(moment)
    catalogue = _catalogue(chosen, from_copy=from_copy)
    if backup:
        commit_of(catalogue, database.name, backup)  # that there is one is known before anything is paid for
    recovered = recover(chosen.account, target, way, waiting)
    if backup:
        application = chosen.settings.names.session_name("recovery")
        login = recovered.master_login(
            chosen.account.client("secretsmanager"),
            ca_bundle=database.ca_bundle,
            application=application,
        )
        _restore_into(login, chosen, catalogue, backup, create_roles=create_roles, leave_out=leave_out, err=as_json)
    _print_recovered(chosen, target, recovered, as_json=as_json)
    return ExitCode.WRONG if recovered.differences else ExitCode.DONE


def _print_recovered(chosen: Chosen, target: str, recovered: Recovered, *, as_json: bool) -> None:
    if as_json:
        print_json({"settings": recovered.settings, "differences": list(recovered.differences)})
        return
    for difference in recovered.differences:
        click.echo(f"✗ not as the source: {difference}")
    click.echo(f"{target} is there.  Point the application at it: {recovered.address}")
    click.echo(f"Put this in place of what [database] of {chosen.name}.toml has; then: make deploy ENV={chosen.name}")
    click.echo(tomli_w.dumps(recovered.settings), nl=False)


def _restore_into(
    login: Login,
    chosen: Chosen,
    catalogue: Catalogue,
    backup: str,
    *,
    create_roles: bool,
    leave_out: bool,
    err: bool = False,
) -> None:
    """Restore, and say what was done: on standard error where `err` is set."""
    with _watched(catalogue, chosen, backup, "restoring") as found:
        restored = restore(found, login, create_roles=create_roles, leave_out=leave_out)
    for line in restored.done:
        click.echo(f"✓ {line}", err=err)
    _print_left_out(restored.left_out, err=err)
    click.echo(f"{found.manifest.backup} is restored into {login.address}", err=err)


def _run(chosen: Chosen, folder: str, doing: str, **event: Any) -> dict[str, Any]:
    return large_runs.run(chosen.account, folder, doing, waiting, partial(click.echo, err=True), **event)


@contextmanager
def _watched(catalogue: Catalogue, chosen: Chosen, backup: str, what: str) -> Iterator[WatchedBackup]:
    manifest = commit_of(catalogue, chosen.settings.database.name, backup).manifest
    with transferring(what, manifest.raw_bytes) as transfer:
        yield WatchedBackup(catalogue, manifest, what, transfer)


def _print_left_out(lines: Iterable[str], *, err: bool = False) -> None:
    for line in lines:
        click.echo(f"! not in it: {line}", err=err)
