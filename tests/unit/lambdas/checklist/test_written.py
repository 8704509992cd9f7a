"""The report as people read it: nothing in it is taken for markup."""

import re

from lambdas.checklist.markdown import markdown
from lambdas.checklist.page import page
from lambdas.checklist.words import headline
from lambdas.vocabulary.checklist import Difference, Section, Seen, Verdict
from tests.unit.lambdas.checklist.accounts import AT
from tests.unit.lambdas.checklist.reports import answer, report

HOSTILE = "<script>alert(1)</script> | [click](http://evil.example) `x`"
BLOCKED = report(
    answer(Verdict.FAIL, text=HOSTILE, remedy="Make it so.", seen=(Seen(HOSTILE, HOSTILE),)),
    answer(Verdict.PASS, "other"),
    changed=(Difference("guardduty", Verdict.PASS, Verdict.FAIL),),
    compared_with=AT,
    notes=("the waiver of x ends on 2026-12-01",),
    not_kept="S3 said SlowDown",
)


def test_a_page_shows_hostile_texts_as_texts() -> None:
    written = page(BLOCKED).decode()
    assert "<script" not in written
    assert "&lt;script&gt;" in written


def test_markdown_shows_hostile_texts_as_texts() -> None:
    written = markdown(BLOCKED)
    assert "<script" not in written.replace("\\<", "")
    assert not re.search(r"(?<!\\)\]\(", written)
    rows = [line for line in written.splitlines() if line.startswith("| ✗")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [5]


def test_both_say_what_blocks_and_what_changed() -> None:
    for written in (page(BLOCKED).decode(), markdown(BLOCKED).replace("\\", "")):
        for said in ("not ready, 1 blocker", "pass → fail", "Make it so.", "ends on 2026-12-01"):
            assert said in written


def test_a_part_of_the_checklist_calls_nothing_ready() -> None:
    part = report(answer(Verdict.PASS))
    assert headline(part) == "prod: ready for production"
    assert headline(type(part)("prod", "o", AT, 1, part.answers, (Section.SECURITY,))) == "Security: no blocker"
