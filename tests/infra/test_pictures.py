"""The pictures of the README show what the code does now, as far as that is known without a browser."""

import json
from pathlib import Path

import pytest

from cost.templates import Templates
from demo.pictures import architecture
from demo.pictures.__main__ import FOLDER, drawn, scenes
from demo.pictures.stamp import stamp_of, stamped
from tests.infra.conftest import WITH_ON_CALL, synthesized

STALE = "write it anew: make pictures (needs Chromium)"
LARGEST = 150_000


@pytest.fixture(scope="module")
def templates():
    written = {stack.stack_name: Path(stack.template_full_path) for stack in synthesized(WITH_ON_CALL).stacks}
    return Templates({name: json.loads(path.read_text()) for name, path in written.items()})


def test_drawn_pictures_are_current(templates):
    stale = [name for name, text in drawn(templates).items() if (FOLDER / name).read_text() != text]
    assert stale == [], STALE


def test_photographs_are_of_the_current_pages(templates):
    stale = [
        name for name, scene in scenes(templates).items() if stamp_of((FOLDER / name).read_bytes()) != scene.digest
    ]
    assert stale == [], STALE


def test_pictures_are_small_with_a_source(templates):
    """Every picture is small and has a source."""
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert sizes.keys() == drawn(templates).keys() | scenes(templates).keys()
    assert max(sizes.values()) <= LARGEST


def test_a_stamp_is_read_as_written():
    png = (FOLDER / "slack.png").read_bytes()
    assert stamp_of(stamped(_without_texts(png), "a digest")) == "a digest"


def test_a_picture_without_a_stamp_is_stale():
    assert stamp_of(_without_texts((FOLDER / "slack.png").read_bytes())) == ""


def test_flow_with_an_unknown_function_is_refused(templates, monkeypatch):
    flow = architecture.Flow((architecture.Box("no_such_function", "", is_function=True),))
    monkeypatch.setattr(architecture, "FLOWS", {**architecture.FLOWS, "backups": (flow,)})
    with pytest.raises(architecture.FlowError, match="no such function: no_such_function in backups"):
        architecture.picture_of(templates)


def test_function_in_no_flow_is_refused(templates, monkeypatch):
    monkeypatch.setattr(architecture, "FLOWS", {**architecture.FLOWS, "uptime": ()})
    with pytest.raises(architecture.FlowError, match="in no flow: database_check, health_check"):
        architecture.picture_of(templates)


def test_functions_of_a_deployment_need_no_flow(templates):
    assert "at deployment: guardduty_detector, default_security_groups<" in architecture.picture_of(templates)


def _without_texts(png):
    begin = png.rindex(b"tEXt") - 4
    return png[:begin] + png[png.rindex(b"IEND") - 4 :]
