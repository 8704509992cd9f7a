"""Every benchmark still measures: on little data, with the embedded account in place of the object store."""

import os
import sys
from types import SimpleNamespace

import pytest

from bench import cold_start, error_digest, error_intake, load_test, probing, source_maps
from bench.__main__ import BENCHMARKS
from bench.answering import answering
from bench.measure import run
from bench.object_store import BUCKET, ObjectStore
from bench.place import ROOT, place
from bench.probe_with import CLIENTS
from emulator import account
from tests import aws_cli

GIGABYTES = 0.01


@pytest.fixture(scope="module")
def small_place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    programs = aws_cli.command_in(folder / "bin")
    (folder / "aws.ini").touch()
    with (
        pytest.MonkeyPatch.context() as patched,
        account.running(folder / "account") as running,
        place(GIGABYTES, folder / "place") as here,
    ):
        patched.setenv("PATH", str(programs), prepend=os.pathsep)
        here.store = ObjectStore(running.endpoint_url, "test", "test", folder / "aws.ini")
        here.store.client.create_bucket(Bucket=BUCKET)
        yield here


@pytest.fixture
def little_work(monkeypatch):
    """Fewer endpoints, functions and events than are measured; each function's start is tried below."""
    for name, number in {"ENDPOINTS": 5, "SOME": 4, "HANGING": 1}.items():
        monkeypatch.setattr(probing, name, number)
    monkeypatch.setattr(error_intake, "ENVELOPES", 5)
    monkeypatch.setattr(load_test, "SECONDS", 1)
    monkeypatch.setattr(source_maps, "EVENTS", 2)
    monkeypatch.setattr(source_maps, "PACKAGE", "bytes")
    for name, number in {"EVENTS": 200, "FEW": 20, "MANY": 100, "BATCH": 20}.items():
        monkeypatch.setattr(error_digest, name, number)
    monkeypatch.setattr(cold_start, "LEAST_REPEATS", 1)
    monkeypatch.setattr(cold_start, "_folders", lambda: ["health_check"])


@pytest.mark.slow
@pytest.mark.usefixtures("little_work")
@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_fills_its_tables(name, small_place):
    result = BENCHMARKS[name].measure(small_place, 1)
    assert all(table in result.markdown() for table in result.tables)
    assert result.tables
    assert result.aims
    assert result.measured


@pytest.mark.parametrize("client", CLIENTS)
def test_client_reports_each_answer(client, tmp_path):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with answering(2) as ports:
        urls = [f"http://127.0.0.1:{port}/" for port in ports]
        command = [sys.executable, "-m", "bench.probe_with", client]
        answers = run(command, environment=environment, directory=tmp_path, tell=urls).said
    assert len(answers) == 2


@pytest.fixture(scope="module")
def bare_place(tmp_path_factory):
    """A folder with the functions' code, without servers."""
    here = SimpleNamespace(directory=tmp_path_factory.mktemp("functions"))
    (here.directory / "tmp").mkdir()
    return here, cold_start._asset(here.directory)


@pytest.fixture(scope="module")
def deployed():
    return cold_start.variables_by_folder()


@pytest.mark.parametrize("folder", sorted(cold_start._folders()))
def test_every_function_can_be_started(folder, bare_place, deployed):
    place, asset = bare_place
    starts = cold_start._Function(place, asset, folder, deployed[folder]).starts()
    assert set(starts) == {cold_start.LIBRARIES, cold_start.CLIENTS, cold_start.FUNCTION}
