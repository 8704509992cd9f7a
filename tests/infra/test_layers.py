"""What is in the layers that are deployed, on both architectures, and how the templates name them."""

import re
import ssl
from types import SimpleNamespace

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Match, Template

from layers import elf
from layers.build import NAMES, build
from layers.target import MACHINES
from stacks.constructs.layers import Layers

PYTHON = "3.13"
# The C library and zlib are part of Lambda's Python runtime; nothing else may be taken from there.
FROM_THE_SYSTEM = re.compile(r"(lib(c|m|dl|rt|pthread|resolv|z)|ld-linux-(x86-64|aarch64))\.so\.\d")
GLIBC_OF_LAMBDA = (2, 34)  # Amazon Linux 2023
MEGABYTE = 1024**2
LARGEST = {"observability": 5, "postgres_client": 20, "postgresql_tools": 60, "probing": 1}

each_layer = pytest.mark.parametrize("name", NAMES)
each_architecture = pytest.mark.parametrize("architecture", MACHINES)


def files_of(name, architecture):
    return [path for path in build(name, architecture, PYTHON).rglob("*") if path.is_file()]


def binaries_of(name, architecture):
    return [path for path in files_of(name, architecture) if elf.is_elf(path)]


@each_architecture
@pytest.mark.parametrize("name", ["postgres_client", "postgresql_tools"])
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
    folders = [folder.replace("$ORIGIN", str(binary.parent)) for folder in elf.read(binary).search_path]
    return any((binary.parent / folder / library).exists() for folder in folders)


@each_architecture
@each_layer
def test_every_binary_is_for_the_architecture_and_lambdas_c_library(name, architecture):
    for path in binaries_of(name, architecture):
        assert elf.read(path).machine == MACHINES[architecture]
        wanted = re.findall(rb"GLIBC_(\d+)\.(\d+)", path.read_bytes())
        assert all((int(major), int(minor)) <= GLIBC_OF_LAMBDA for major, minor in wanted), path.name


@each_architecture
def test_libpq_has_every_function_that_the_tools_call(architecture):
    tools = build("postgresql_tools", architecture, PYTHON) / "python/postgresql_tools"
    offered = _names(tools / "lib/libpq.so.5")
    users = [path for path in binaries_of("postgresql_tools", architecture) if "libpq.so.5" in elf.read(path).needed]
    assert {"pg_dump", "pg_restore", "dblink.so"} <= {path.name for path in users}
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
@each_layer
def test_a_zip_keeps_all_that_matters(name, architecture):
    layer = build(name, architecture, PYTHON)
    assert not [path for path in layer.rglob("*") if path.is_symlink()]
    tools = {path.name for path in files_of(name, architecture) if path.stat().st_mode & 0o111}
    assert tools == ({"pg_dump", "pg_dumpall", "pg_restore", "postgres"} if name == "postgresql_tools" else set())
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
def test_a_layer_is_defined_for_its_architecture_and_python(architecture):
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
    layers = Layers(stack, SimpleNamespace(name="test", architecture=architecture, python=PYTHON))
    assert layers.observability is layers.observability
    return Template.from_stack(stack)
