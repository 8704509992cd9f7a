"""What is offered to be copied can be deployed."""

import shutil
from pathlib import Path

import pytest

from stacks.application import compose, new_app
from stacks.settings import load

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("example", sorted(Path("environments").glob("*.example.toml")), ids=lambda path: path.stem)
def test_a_copy_of_an_example_synthesizes(example, tmp_path):
    copy = tmp_path / example.name.replace(".example", "")
    shutil.copy(example, copy)
    app = new_app(str(tmp_path / "cdk.out"))
    compose(app, load(copy.stem, tmp_path))
    assert app.synth().stacks
