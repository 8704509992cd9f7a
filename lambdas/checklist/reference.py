"""The tables of `docs/checklist.md`, as the checks have them."""

from collections.abc import Iterator
from typing import Final

from lambdas.checklist.check import Check
from lambdas.checklist.checks import of_sections
from lambdas.vocabulary.checklist import Section

BEGIN: Final = "<!-- checks -->"
END: Final = "<!-- end of checks -->"


def put_into(document: str) -> str:
    """`document` with the tables between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", *_sections(), f"{END}{after}"])


def _sections() -> Iterator[str]:
    for section in Section:
        yield f"### {section.heading}\n"
        yield "| line | check | passes | when it does not |"
        yield "|---|---|---|---|"
        yield from map(_row, of_sections([section]))
        yield ""


def _row(check: Check) -> str:
    importance = " (blocker)" if check.importance.value == "blocker" else ""
    attested = "" if check.look else " A person attests it."
    cells = (check.line.words, f"`{check.name}`{importance}", f"{check.passes}{attested}", check.remedy)
    written = " | ".join(cell.replace("|", "\\|") for cell in cells)
    return f"| {written} |"
