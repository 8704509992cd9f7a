"""Back up now, list, verify, fetch, restore: one command each.

Uses the AWS credentials of the shell, as `cdk deploy` does.  A backup is named by its folder in the bucket, or by
`latest`, the newest one that was proven by a restore.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from layers.build import import_path

for layer in ("postgres_client", "postgresql_tools"):  # the very tools that the functions use
    sys.path.append(str(import_path(layer)))

import psycopg2  # noqa: E402
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402

from lambdas.restore_verification.errors import CouldNotVerifyError, DamagedBackupError  # noqa: E402
from lambdas.restore_verification.objects import Backup  # noqa: E402
from lambdas.shared.catalogue import NotABackupError  # noqa: E402
from lambdas.shared.clock import now  # noqa: E402
from lambdas.shared.database_url import BadDatabaseAddressError  # noqa: E402
from lambdas.vocabulary.backups import MARKS, Acceptance, LeftOut, Verdict  # noqa: E402
from ops.account import Account, operator  # noqa: E402
from ops.backup.errors import RecoveryError  # noqa: E402
from ops.backup.fetch import fetch  # noqa: E402
from ops.backup.restore import restore  # noqa: E402
from ops.backup.select import LATEST, commit_of  # noqa: E402
from ops.backup.target import line_about, login_at  # noqa: E402
from stacks.settings import SettingsError, load  # noqa: E402


def back_up(account: Account, options: argparse.Namespace) -> bool:
    answer = account.invoke("database_backup", requested_by=operator(), reason=options.reason)
    print(f"{answer['backup']}\n{answer['tables']} tables, {answer['rows']:,} rows, {answer['stored_bytes']:,} bytes")
    return True


def show(account: Account, options: argparse.Namespace) -> bool:
    catalogue = account.catalogue()
    prefixes = catalogue.prefixes(account.environment.database.name)
    if not prefixes:
        print(f"there is no backup of {account.environment.database.name} yet: the command back-up takes one")
        return True
    print(f"{'backup':<58} {'age':>9} {'rows':>13} {'bytes':>15}  verdict")
    for prefix in prefixes[: options.newest]:
        manifest, verification = catalogue.commit(prefix).manifest, catalogue.verification(prefix)
        hours = (now() - datetime.fromisoformat(manifest.snapshot_at)).total_seconds() / 3600
        verdict = verification.text_at(now()) if verification else "not verified"
        print(f"{prefix:<58} {hours:>7.1f} h {manifest.rows:>13,} {manifest.stored_bytes:>15,}  {verdict}")
    return True


def verify(account: Account, options: argparse.Namespace) -> bool:
    commit = commit_of(account.catalogue(), account.environment.database.name, options.backup)
    answer = account.invoke(
        "restore_verification", backup=commit.manifest.backup, requested_by=operator(), reason=options.reason
    )
    for check in answer["checks"]:
        print(f"{MARKS[check['result']]} {check['name']}: {check['detail']}")
    _print_left_out(str(LeftOut(**left_out)) for left_out in answer["left_out"])
    accepted = [str(Acceptance(**acceptance)) for acceptance in answer["accepted"]]
    print(f"{answer['backup']} is {' '.join([answer['verdict'], '; '.join(accepted)]).rstrip()}")
    return answer["verdict"] in {Verdict.PROVEN, Verdict.PROVEN_BUT_FOR}


def fetch_backup(account: Account, options: argparse.Namespace) -> bool:
    backup = _backup(account, options)
    fetch(backup, options.to)
    _print_left_out(map(str, backup.manifest.left_out))
    print(f"{backup.manifest.backup} lies in {options.to}, whole; restore it with pg_restore --dbname=… dump.pgc")
    return True


def restore_backup(account: Account, options: argparse.Namespace) -> bool:
    application = account.environment.names.session_name("recovery")
    login = login_at(options.to, application)  # before anything is fetched for it
    backup = _backup(account, options)
    restored = restore(backup, login, create_roles=options.create_roles, leave_out=options.leave_out)
    for line in restored.done:
        print(f"✓ {line}")
    _print_left_out(restored.left_out)
    print(f"{backup.manifest.backup} is restored into {login.address}")
    return True


def _print_left_out(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"! not in it: {line}")


def _backup(account: Account, options: argparse.Namespace) -> Backup:
    catalogue = account.catalogue()
    return Backup(catalogue, commit_of(catalogue, account.environment.database.name, options.backup).manifest)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.backup", description=__doc__)
    parser.add_argument("environment", help="the name of a file in environments/, such as prod")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Callable[[Account, argparse.Namespace], bool], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    def add_for_backup(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command = add(name, run, text)
        command.add_argument("backup", nargs="?", default=LATEST, help="its folder in the bucket; default: latest")
        return command

    backing_up = add("back-up", back_up, "take a backup now")
    backing_up.add_argument("--reason", default="by hand")
    listing = add("list", show, "show the backups, newest first, with their verdicts")
    listing.add_argument("--newest", type=int, default=20, metavar="N")
    verifying = add_for_backup("verify", verify, "restore a backup into an empty server at AWS and check it")
    verifying.add_argument("--reason", default="by hand")
    fetching = add_for_backup("fetch", fetch_backup, "download a backup, decompressed and checked")
    fetching.add_argument("--to", type=Path, required=True, metavar="DIRECTORY")
    restoring = add_for_backup("restore", restore_backup, "restore a backup into an empty database")
    restoring.add_argument("--to", required=True, metavar="URL", help="postgresql://user@host/name, without password")
    restoring.add_argument(
        "--create-roles", action="store_true", help="make the roles that policies name, without login"
    )
    restoring.add_argument("--leave-out", action="store_true", help="leave out what the target lacks something for")
    return parser


def main() -> int:
    options = _parser().parse_args()
    try:
        return 0 if options.run(Account.of(load(options.environment)), options) else 1
    except (RecoveryError, NotABackupError, DamagedBackupError, CouldNotVerifyError, SettingsError) as error:
        reason = str(error)
    except BadDatabaseAddressError as error:
        reason = f"the target database: {error}"
    except ClientError as error:
        reason = f"AWS refused: {error}"
    except BotoCoreError as error:
        reason = f"AWS was not reached: {error}"
    except psycopg2.Error as error:
        reason = line_about(error)
    print(f"{options.environment}: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
