"""The tables of `docs/checklist.md` and of `docs/permissions.md`, as the checks have them."""

from collections.abc import Iterable, Iterator
from typing import Final

from lambdas.checklist.check import Check
from lambdas.checklist.checks import of_sections, rights
from lambdas.vocabulary.checklist import Section

BEGIN: Final = "<!-- checks -->"
END: Final = "<!-- end of checks -->"
_WORDS: Final = {
    "{prefix}": "",
    "-{account}-{region}": "",
    "{backups}": "backups",
    "{backups_key}": "key/Key",
    "{reports}": "reports",
}


def put_checks_into(document: str) -> str:
    """`document` with the checks between its two marks."""
    return _between_marks(document, _sections())


def put_rights_into(document: str, backend_logs: Iterable[str]) -> str:
    """`document` with the rights that the checks need between its two marks; `backend_logs` are the environments'."""
    head = ["| who | may | on | because |", "|---|---|---|---|"]
    return _between_marks(document, [*head, *_rights(list(backend_logs)), ""])


def _between_marks(document: str, lines: Iterable[str]) -> str:
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", *lines, f"{END}{after}"])


def _rights(backend_logs: list[str]) -> Iterator[str]:
    for right in rights():
        names = ", ".join(f"`{action}`" for action in right.actions)
        reason = right.because or f"asked by {', '.join(right.checks)}"
        logs = backend_logs if "{backend_log}" in right.resource else [""]
        on = ", ".join(f"`{_last_part(right.resource.replace('{backend_log}', log))}`" for log in logs)
        yield f"| `checklist` | {names} | {on} | {reason} |"


def _last_part(arn: str) -> str:
    """As the page writes resources: the last part of an ARN, without what its environment is called."""
    name = arn.split(":", 5)[-1]
    for placeholder, word in _WORDS.items():
        name = name.replace(placeholder, word)
    return name


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
