"""Who is on call and how people are paged, as the function that pages was told; and the incidents that it keeps."""

from collections.abc import Callable
from typing import Final, TypeVar

from lambdas.checklist import arns
from lambdas.checklist.check import Outcome as Found
from lambdas.checklist.check import Reads, Situation, failed
from lambdas.checklist.deployed import reads_of, settings_of
from lambdas.incident.settings import Settings
from lambdas.shared.incidents.table import IncidentTable
from lambdas.vocabulary.incidents import Incident

T = TypeVar("T")
FOLDER: Final = "incident"
TABLE: Final = "incidents"
READ: Final = 200
"""Incidents, the newest."""
READS_SETTINGS: Final = reads_of(FOLDER)
READS_TABLE: Final = Reads(("dynamodb:Query",), arns.of_table(TABLE))


def with_settings(look: Callable[[Situation, Settings], Found]) -> Callable[[Situation], Found]:
    """A look that needs what the function `incident` was told; without somebody on call there is no such function."""

    def looked(situation: Situation) -> Found:
        if not situation.settings.on_call:
            return nobody()
        settings = settings_of(situation, FOLDER, Settings)
        if settings is None:
            return failed(f"the function {situation.name(FOLDER)} is not there: nobody is paged")
        return look(situation, settings)

    return looked


def nobody() -> Found:
    return failed("nobody is on call: the environment's file has no section on_call")


def read_table(situation: Situation, what: str, ask: Callable[[IncidentTable], T]) -> T:
    """Raises UnreadableError."""
    found: T = situation.account.read(
        "dynamodb", what, lambda dynamodb: ask(IncidentTable(dynamodb, situation.name(TABLE)))
    )
    return found


def newest_incidents(situation: Situation) -> tuple[Incident, ...]:
    """Newest first; raises UnreadableError."""
    return read_table(situation, "the newest incidents", lambda table: tuple(table.newest(READ)))
