"""Who is called by an alarm finds it on the page that it links to, and every page reads in the same order."""

import re
from pathlib import Path

import pytest

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.runbooks import Runbook
from tests.infra.conftest import of_type, resources_of, synthesized

FOLDER = Path("docs/runbooks")
KINDS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
NAMES = re.compile(
    r"`([^`\s]+)`"  # as code
    r"|\*\*([\w-]+)\*\*"  # in bold
    r"|^\| ([^|]+) \|",  # first in a row of a table, several with commas between, and some words after it
    re.MULTILINE,
)
ORDER = ("The first five minutes", "By ", "It is over when", "Write down")


def alarms():
    """(name without `junkos-prod-`, page) of every alarm of production."""
    resources = resources_of(synthesized("prod"))
    for alarm in (one for kind in KINDS for one in of_type(resources, kind).values()):
        page = AlarmDescription.from_text(alarm["AlarmDescription"]).page
        yield alarm["AlarmName"].removeprefix("junkos-prod-"), f"{page}.md"


def named_in(text):
    """What `text` calls alarms by, as one pattern: the end of a name is enough, `<name>` and `…` stand for any part."""
    found = {word for match in NAMES.findall(text) for cell in match for word in re.split(r", |: | \(", cell)}
    names = {word.removeprefix("junkos-prod-").lstrip("…-") for word in found if re.search(r"[\w…]$", word)}
    patterns = (re.sub(r"<[^<>]+>|…", ".+", re.escape(name)) for name in sorted(names) if re.search(r"\w", name))
    return re.compile(f"(.+-)?({'|'.join(patterns)})")


def row_of(page):
    """The row of `page` in the table of all pages, without the page's own name."""
    (row,) = (line for line in (FOLDER / "README.md").read_text().splitlines() if f"]({page})" in line)
    return row.partition(") | ")[2]


@pytest.mark.parametrize(
    "where", [lambda page: (FOLDER / page).read_text(), row_of], ids=["on its page", "in the table"]
)
def test_every_alarm_is_named(where):
    assert [(name, page) for name, page in alarms() if not named_in(where(page)).fullmatch(name)] == []


def test_name_is_found_by_suffix():
    """A name is found by its end and by nothing else."""
    named = named_in("| longest-query | … |\n**silent** and `endpoint-<name>-down`, `<instance>`, `notify-…`")
    assert all(map(named.fullmatch, ("database-longest-query", "page-silent", "endpoint-a-b-down", "notify-errors")))
    assert not any(map(named.fullmatch, ("query", "endpoint-a-slow", "longest-query-critical", "notify")))


@pytest.mark.parametrize("page", Runbook)
def test_a_page_has_its_parts_in_order(page):
    headings = re.findall(r"^## (.+)$", (FOLDER / f"{page}.md").read_text(), re.MULTILINE)
    places = [next(index for index, one in enumerate(headings) if one.startswith(part)) for part in ORDER]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, len(headings) - 1)
