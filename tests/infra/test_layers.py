"""What is in the layers that are deployed, on both architectures, and how the templates name them."""

import re
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Match, Template

from layers import elf, postgresql
from layers.build import NAMES, build
from layers.postgresql_tools import TOOLS
from layers.target import MACHINES
from stacks.platform.layers import Layers

PYTHON = "3.13"
# The C library, that of C++ and zlib are part of Lambda's Python runtime; nothing else may be taken from there.
FROM_THE_SYSTEM = re.compile(r"(lib(c|m|dl|rt|pthread|resolv|z|stdc\+\+|gcc_s)|ld-linux-(x86-64|aarch64))\.so\.\d")
# Amazon Linux 2023
OF_LAMBDA = {b"GLIBC": (2, 34), b"GLIBCXX": (3, 4, 29), b"CXXABI": (1, 3, 13), b"GCC": (11, 0)}
MEGABYTE = 1024**2
LARGEST = {
    "error_tracking": 6,
    "observability": 5,
    "postgres_client": 20,
    "postgresql_tools": 40,
    "postgresql_servers": 140,
    "probing": 1,
    "prometheus": 1,
    "sdk": 8,
    "time_zones": 1,
}
LAMBDAS_LIMIT = 250

each_layer = pytest.mark.parametrize("name", NAMES)
each_architecture = pytest.mark.parametrize("architecture", MACHINES)


def files_of(name, architecture):
    return [path for path in build(name, architecture, PYTHON).rglob("*") if path.is_file()]


def binaries_of(name, architecture):
    return [path for path in files_of(name, architecture) if elf.is_elf(path)]


@each_architecture
@pytest.mark.parametrize("name", ["postgres_client", "postgresql_tools", "postgresql_servers"])
def test_every_needed_library_is_in_the_layer(name, architecture):
    binaries = binaries_of(name, architecture)
    missing = {
        f"{path.name} needs {library}"
        for path in binaries
        for library in elf.read(path).needed
        if not FROM_THE_SYSTEM.fullmatch(library) and not _found(library, path)
    }
    assert binaries
    assert missing == set()


def _found(library, binary):
    """In the folders that the binary names, or that the server does which loads it."""
    searching = [binary]
    if binary.parent.name == "postgresql":
        searching.append(binary.parents[2] / "bin/postgres")
    folders = [(path.parent, folder) for path in searching for folder in elf.read(path).search_path]
    return any(Path(folder.replace("$ORIGIN", str(parent)), library).exists() for parent, folder in folders)


@each_architecture
@each_layer
def test_binaries_fit_architecture_and_libc(name, architecture):
    """Every binary is for the architecture and lambdas c library."""
    for path in binaries_of(name, architecture):
        assert elf.read(path).machine == MACHINES[architecture]
        for library, version in re.findall(rb"\0(GLIBC|GLIBCXX|CXXABI|GCC)_(\d[\d.]*)\0", path.read_bytes()):
            assert tuple(map(int, version.split(b"."))) <= OF_LAMBDA[library], path.name


@each_architecture
def test_libpq_exports_what_tools_call(architecture):
    """Libpq has every function that the tools call."""
    tools = build("postgresql_tools", architecture, PYTHON) / "python/postgresql_tools"
    offered = _names(tools / "lib/libpq.so.5")
    users = [path for path in binaries_of("postgresql_tools", architecture) if "libpq.so.5" in elf.read(path).needed]
    assert {"pg_dump", "pg_restore", "pg_dumpall"} <= {path.name for path in users}
    for path in users:
        called = {name for name in _names(path) if re.match(rb"(PQ|lo_)[a-zA-Z]", name)}
        assert called <= offered, path.name


def _names(path):
    return set(path.read_bytes()[elf.read(path).strings].split(b"\0"))


@each_architecture
@each_layer
def test_the_size_is_far_below_lambdas_limit(name, architecture):
    size = sum(path.stat().st_size for path in files_of(name, architecture))
    assert size < LARGEST[name] * MEGABYTE


@each_architecture
def test_layers_fit_lambdas_limit(architecture):
    """No function has all of them, and each has its own code besides, of a megabyte at most."""
    total = sum(path.stat().st_size for name in NAMES for path in files_of(name, architecture))
    assert total < (LAMBDAS_LIMIT - 30) * MEGABYTE


@each_architecture
def test_tools_bind_lazily(architecture):
    """Those of compressors are not there, and never called."""
    for path in binaries_of("postgresql_tools", architecture):
        if path.name in TOOLS:
            assert not elf.read(path).binds_at_start, path


@each_architecture
def test_every_major_version_is_included(architecture):
    """Tools and servers are of every major version."""
    tools = build("postgresql_tools", architecture, PYTHON) / "python/postgresql_tools"
    servers = build("postgresql_servers", architecture, PYTHON) / "python/postgresql_servers/lib"
    for major, release in postgresql.RELEASES.items():
        assert {path.name for path in (tools / str(major)).iterdir()} == set(TOOLS)
        assert (servers / f"{major}/data.tar.zst").exists() == (architecture in release.integrity)


@each_architecture
@each_layer
def test_a_zip_keeps_all_that_matters(name, architecture):
    layer = build(name, architecture, PYTHON)
    assert not [path for path in layer.rglob("*") if path.is_symlink()]
    tools = {path.name for path in files_of(name, architecture) if path.stat().st_mode & 0o111}
    assert tools == {"postgresql_tools": set(TOOLS), "postgresql_servers": {"postgres"}}.get(name, set())
    assert all(path.stat().st_mode & 0o004 for path in layer.rglob("*")), "every uid can read it"
    assert all(path.stat().st_mode & 0o001 for path in layer.rglob("*") if path.is_dir())
    assert [path.name for path in layer.iterdir()] == ["python"]


@each_architecture
def test_the_certificates_are_those_of_rds(architecture):
    bundle = build("postgres_client", architecture, PYTHON) / "python/rds_certificates/bundle.pem"
    context = ssl.create_default_context(cafile=bundle)
    names = [dict(field[0] for field in authority["subject"]) for authority in context.get_ca_certs()]
    assert len(names) > 100
    assert {name["organizationName"] for name in names} == {"Amazon Web Services, Inc."}


@pytest.mark.parametrize("architecture", MACHINES)
def test_layer_declares_architecture_and_python(architecture):
    """A layer is defined for its architecture and python."""
    template = _template(architecture)
    template.resource_count_is("AWS::Lambda::LayerVersion", 1)
    template.has_resource_properties(
        "AWS::Lambda::LayerVersion",
        {
            "LayerName": "junkos-test-observability",
            "CompatibleArchitectures": [architecture],
            "CompatibleRuntimes": ["python3.13"],
            "Content": Match.any_value(),
        },
    )


def _template(architecture):
    stack = Stack(App(), "Test")
    layers = Layers(stack, SimpleNamespace(name="test", service="junkos", architecture=architecture, python=PYTHON))
    assert layers.observability is layers.observability
    return Template.from_stack(stack)


@each_architecture
def test_time_zones_are_found(architecture):
    """Where the machine has none, as in Lambda."""
    layer = build("time_zones", architecture, PYTHON) / "python"
    script = "import tzdata, zoneinfo; print(tzdata.__file__, zoneinfo.ZoneInfo('Australia/Lord_Howe'))"
    environment = {"PYTHONTZPATH": "", "PYTHONPATH": str(layer)}
    found = subprocess.run(  # without the packages of this environment
        [sys.executable, "-S", "-B", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [str(layer / "tzdata/__init__.py"), "Australia/Lord_Howe"]
