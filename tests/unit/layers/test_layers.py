"""How layers are fetched, named, stored and put together, without a network."""

import base64
import hashlib
import multiprocessing
import re
import zipfile
from pathlib import Path

import pytest

from lambdas.database_bootstrap.make_login import OLDEST_VERSION
from lambdas.vocabulary.large_runs import JOBS
from layers import npm, postgres_client, postgresql, sdk, store, wheels
from layers.build import NAMES, build
from layers.postgresql_tools import plain_name
from layers.store import built, source_key
from layers.target import MACHINES, Target, this_machine
from layers.wheels import ROOT, LayerError, fetch, importable, unpack


@pytest.fixture
def empty_store(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "STORE", tmp_path / "store")
    return tmp_path / "store"


def test_finished_layer_needs_no_work(monkeypatch):
    """A finished layer is found without any work."""
    here = this_machine()
    before = {name: build(name, here.architecture, here.python_version) for name in NAMES}
    monkeypatch.setattr(wheels.subprocess, "run", None)
    monkeypatch.setattr(store, "_make", None)
    assert before == {name: build(name, here.architecture, here.python_version) for name in NAMES}


def test_sdk_knows_the_services_that_are_called_on_instances():
    """Of botocore's descriptions the layer has a few only."""
    files = [path for job in JOBS for path in (ROOT / "lambdas" / job).rglob("*.py")]
    text = "".join(path.read_text() for path in [*files, ROOT / "lambdas/shared/postgres.py"])
    called = set(re.findall(r"client\(\"(\w+)\"", text))
    assert called == set(sdk.SERVICES)


def test_failed_build_leaves_nothing(empty_store):
    """A build that fails leaves nothing to be found."""

    def fail(folder):
        (folder / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        built("layer", fail)
    assert [path.name for path in empty_store.iterdir()] == ["layer.lock"]


def test_leftovers_are_not_reused(empty_store):
    """What a stopped build left behind is not taken over."""
    leftover = empty_store / "layer.unfinished"
    leftover.mkdir(parents=True)
    (leftover / "half").touch()
    finished = built("layer", lambda folder: (folder / "whole").touch())
    assert [path.name for path in finished.iterdir()] == ["whole"]


def test_two_processes_at_once_build_once(empty_store, tmp_path):
    count = tmp_path / "builds"
    context = multiprocessing.get_context("fork")
    together = context.Barrier(2)

    def want():
        together.wait()
        built("layer", lambda _: count.open("a").write("built\n"))

    processes = [context.Process(target=want) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert count.read_text() == "built\n"


@pytest.mark.parametrize(
    "changed",
    ["lambdas/requirements.txt", "layers/postgresql_tools.py", "layers/static/postgresql_servers/__init__.py"],
)
def test_input_change_makes_another_layer(tmp_path, monkeypatch, changed):
    """A change of pins code or files is another layer."""
    before = source_key()
    for name in ("lambdas/requirements.txt", "package-lock.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for source in (path for path in (ROOT / "layers").rglob("*") if path.is_file() and path.suffix != ".pyc"):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    monkeypatch.setattr(store, "ROOT", tmp_path)
    monkeypatch.setattr(store, "_SOURCES", tmp_path / "layers")
    monkeypatch.setattr(store, "_LOCKED_PACKAGES", tmp_path / "package-lock.json")
    monkeypatch.setattr(store, "REQUIREMENTS", [tmp_path / path.relative_to(ROOT) for path in wheels.REQUIREMENTS])
    assert source_key() == before
    with (tmp_path / changed).open("a") as file:
        file.write("\n")
    assert source_key() != before


@pytest.mark.parametrize(
    ("library", "plain"),
    [
        ("libcrypto-fb8d5b21.so.3", "libcrypto.so.3"),
        ("libpcre2-8-8701a61e.so.0.7.1", "libpcre2-8.so.0.7.1"),
        ("libpq-6197da7d.so.5.18", "libpq.so.5"),
        ("libpq-a17e3caa.so.5.17", "libpq.so.5"),
        ("libc.so.6", "libc.so.6"),
    ],
)
def test_a_library_gets_its_plain_name_back(library, plain):
    assert plain_name(library) == plain


def test_only_licences_are_kept_beside_packages(tmp_path):
    """Of what a wheel has besides its packages only the licences are kept."""
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("code.py", "dist-info/RECORD", "dist-info/licenses/LICENSE", "data/scripts/run"):
            archive.writestr(f"some-1.{name}" if "/" in name else name, name)
    unpack(wheel, tmp_path / "out", importable)
    files = {str(path.relative_to(tmp_path / "out")) for path in tmp_path.rglob("out/**/*") if path.is_file()}
    assert files == {"code.py", "some-1.dist-info/licenses/LICENSE"}


def test_pip_error_is_one_line(tmp_path, monkeypatch):
    """What pip says is one line with the packages and the target."""
    monkeypatch.setattr(wheels, "CACHE", tmp_path)
    refused = wheels.subprocess.CompletedProcess([], 1, "", "WARNING: slow\nERROR: no matching distribution\n")
    monkeypatch.setattr(wheels.subprocess, "run", lambda *_, **__: refused)
    with pytest.raises(LayerError) as error:
        fetch(["zstandard"], Target("arm64", "3.13"))
    expected = r"pip could not fetch zstandard==\S+ for arm64-3\.13: ERROR: no matching distribution"
    assert re.fullmatch(expected, str(error.value))


@pytest.fixture
def downloads(tmp_path, monkeypatch):
    """What npm was asked for; it brings an archive that says so, or refuses."""
    asked = []

    def npm_pack(command, **_):
        asked.append(command)
        if "gone" in command[3]:
            said = "npm error code ETARGET\nnpm error notarget No matching version found\nnpm error A complete log of…"
            return npm.subprocess.CompletedProcess([], 1, "", said)
        [folder] = [option.partition("=")[2] for option in command if option.startswith("--pack-destination=")]
        Path(folder, "package.tgz").write_text(command[3])
        return npm.subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(npm, "CACHE", tmp_path)
    monkeypatch.setattr(npm.subprocess, "run", npm_pack)
    return asked


def test_npm_package_is_cached_and_verified(downloads):
    """A package of npm is fetched once and held to its digest."""
    digest = "sha512-" + base64.b64encode(hashlib.sha512(b"@some/package@1.2").digest()).decode()
    first = npm.fetch("@some/package", "1.2", digest)
    assert first == npm.fetch("@some/package", "1.2", digest)
    assert (first.name, first.read_text()) == ("some-package-1.2.tgz", "@some/package@1.2")
    assert len(downloads) == 1


def test_wrong_npm_digest_is_refused(downloads):
    """A package of npm with another digest is refused and the digest named."""
    with pytest.raises(LayerError, match=r"some@1 is not the pinned one: its digest is sha512-\S+ \(if you raised"):
        npm.fetch("some", "1", "sha512-AAAA")


def test_npm_error_is_one_line(downloads):
    """What npm says is one line with the package."""
    with pytest.raises(LayerError, match=r"^npm could not fetch gone@1: notarget No matching version found$"):
        npm.fetch("gone", "1", "sha512-AAAA")


def test_releases_are_pinned_by_digest():
    """Every release is of its major version and pinned by a digest."""
    for major, release in postgresql.RELEASES.items():
        assert release.tools.partition(".")[0] == release.server.partition(".")[0] == str(major)
        assert set(release.integrity) <= set(MACHINES)
        assert all(re.fullmatch(r"sha512-[\w+/]{86}==", digest) for digest in release.integrity.values())
    assert min(postgresql.RELEASES) == OLDEST_VERSION


def test_unknown_architecture_is_refused():
    """An unknown architecture is refused with the known ones."""
    with pytest.raises(ValueError, match="'riscv' is unknown to Lambda: use x86_64 or arm64"):
        build("observability", "riscv", "3.13")


def test_certificates_come_from_script(tmp_path):
    """The certificates are read from the script that lists them."""
    script = tmp_path / "defaults.js"
    pem = "-----BEGIN CERTIFICATE-----\\n' +\n 'QUJD\\n' +\n '-----END CERTIFICATE-----\\n"
    script.write_text(f"\"use strict\";\nexports.defaults = [\n '{pem}',\n '{pem}',\n];\n")
    assert postgres_client.bundle(script) == 2 * "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"


def test_missing_certificates_name_the_remedy(tmp_path):
    with pytest.raises(LayerError, match=r"gone\.js: run `make"):
        postgres_client.bundle(tmp_path / "gone.js")


def test_a_script_without_certificates_is_refused(tmp_path):
    script = tmp_path / "defaults.js"
    script.write_text("exports.defaults = [];")
    with pytest.raises(LayerError, match="lists no certificate"):
        postgres_client.bundle(script)


def test_pinned_package_has_one_version():
    """A package pinned in two places has one version."""
    files = [
        ROOT / "requirements.txt",
        ROOT / "requirements-run.txt",
        ROOT / "requirements-dev.txt",
        *wheels.REQUIREMENTS,
    ]
    versions = {}
    for file in files:
        for package, version in re.findall(r"^([\w.-]+)==([\w.]+)", file.read_text(), flags=re.MULTILINE):
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}
