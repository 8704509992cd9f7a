"""Every relative link of a document leads to a file that exists, and to a heading that is in it."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"|^\[[^\]]+\]: (\S+)", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@cache
def prose_of(path):
    return FENCED.sub("", path.read_text())


@cache
def anchors_of(path):
    """As GitHub makes them: lower case, spaces to dashes, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(path):
    found = (next(filter(None, groups)) for groups in LINK.findall(prose_of(path)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def is_broken(path, link):
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    return not target.exists() or (bool(anchor) and target.suffix == ".md" and anchor not in anchors_of(target))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path):
    assert [link for link in links_of(path) if is_broken(path, link)] == []


def test_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A heading, here\n[a](#a-heading-here) [b](#gone) [c](gone.md) [d](https://example.com/gone)\n")
    assert [link for link in links_of(page) if is_broken(page, link)] == ["#gone", "gone.md"]


def test_index_names_every_document():
    index = ROOT / "docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links_of(index)}
    pages = {path for path in ROOT.glob("docs/**/*.md") if path != index and path.parent.name != "runbooks"}
    assert sorted(path.name for path in pages - linked) == []


def test_example_workflow_stores_no_key():
    text = (ROOT / "docs/how-to/github-actions.yml").read_text()
    workflow = yaml.safe_load(text)
    assert "secrets." not in text
    assert workflow["permissions"] == {}
    assert all(job["permissions"]["id-token"] == "write" for job in workflow["jobs"].values())
    assert workflow["jobs"]["deploy"]["environment"] == "prod"
    assert workflow["jobs"]["deploy"]["needs"] == "diff"
