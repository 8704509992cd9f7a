"""A backup's objects on this disk, decompressed and held against the manifest."""

from pathlib import Path

from lambdas.shared.restore.objects import Backup

DUMP, ROLES, MANIFEST = "dump.pgc", "roles.sql", "manifest.json"


def fetch(backup: Backup, directory: Path) -> None:
    """Write archive, roles and manifest into `directory`, the manifest last.

    A dump that is not what the manifest says leaves no file under its name: it raises DamagedBackupError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = directory / f"{DUMP}.unfinished"
    try:
        with unfinished.open("wb") as file:
            file.writelines(backup.dump())
        unfinished.rename(directory / DUMP)
    finally:
        unfinished.unlink(missing_ok=True)
    (directory / ROLES).write_text(backup.roles())
    (directory / MANIFEST).write_bytes(backup.manifest.to_json())
