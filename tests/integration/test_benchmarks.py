"""Every benchmark still begins: each client answers, and each function can be given settings."""

import os
import sys
from importlib import import_module

import pytest

from bench import cold_start
from bench.__main__ import BENCHMARKS
from bench.answering import answering
from bench.measure import run
from bench.place import ROOT
from bench.probe_with import CLIENTS


@pytest.mark.parametrize("client", CLIENTS)
def test_client_reports_each_answer(client, tmp_path):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with answering(2) as ports:
        urls = [f"http://127.0.0.1:{port}/" for port in ports]
        command = [sys.executable, "-m", "bench.probe_with", client]
        answers = run(command, environment=environment, directory=tmp_path, tell=urls).said
    assert len(answers) == 2


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_has_an_entry(name):
    assert callable(BENCHMARKS[name].measure)


@pytest.mark.parametrize("folder", sorted(cold_start._folders()))
def test_every_function_has_settings_to_start_with(folder):
    settings = cold_start._settings(import_module(f"lambdas.{folder}.settings").Settings)
    assert type(settings).from_environment(settings.to_environment()) == settings
