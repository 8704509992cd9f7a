"""The same settings make the same templates, byte for byte: a deployment changes what was changed and nothing else."""

import os
import subprocess
import sys

import pytest

from tests.infra.conftest import ENVIRONMENTS

pytestmark = pytest.mark.slow

SYNTHESIS = """
import sys
from stacks.application import compose, new_app
from stacks.settings import load
for name in sys.argv[2:]:
    app = new_app(f"{sys.argv[1]}/{name}")
    compose(app, load(name))
    app.synth()
"""


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """The templates of all environments by file name, as two processes write them that order sets differently."""
    folders = {seed: tmp_path_factory.mktemp(f"seed-{seed}") for seed in ("1", "2")}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SYNTHESIS, str(folder), *ENVIRONMENTS], env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed, folder in folders.items()
    ]
    assert [process.wait() for process in running] == [0, 0]
    return [{path.name: path.read_bytes() for path in one.rglob("*.template.json")} for one in folders.values()]


def test_two_syntheses_are_equal_byte_for_byte(templates):
    first, second = templates
    assert len(first) >= 3 * 7
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
