"""What the newest reviews say, section by section."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from lambdas.checklist.check import Look, Outcome, Situation, failed, not_applicable, passed, unknown
from lambdas.checklist.phrases import ago
from lambdas.checklist.reader import UnreadableError
from lambdas.checklist.reports import newest
from lambdas.shared.reports import StoredReport
from lambdas.vocabulary.checklist import Seen
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State

OLDEST: Final = {
    Kind.WEEK: timedelta(days=8),
    Kind.MONTH: timedelta(days=35),
    Kind.QUARTER: timedelta(days=100),
    Kind.DEPENDENCIES: timedelta(days=100),
}
"""A few days are left for one to be made again."""
_CALLED: Final = {
    Kind.WEEK: "weekly review",
    Kind.MONTH: "monthly review",
    Kind.QUARTER: "quarterly review",
    Kind.DEPENDENCIES: "dependency audit",
}


class Part(StrEnum):
    """A section of a review, as its JSON names it; a test holds these to the reviews' own."""

    SLOW_STATEMENTS = "slow_statements"
    TOP_ERRORS = "top_errors"
    TRAFFIC = "traffic"
    UTILISATION = "utilisation"
    ALARMS = "alarms"
    RUNBOOKS = "runbooks"
    COST = "cost"
    CHECKLIST = "checklist"


@dataclass(frozen=True)
class Said:
    """One section of a review."""

    state: State
    summary: str


def newest_review(situation: Situation, kind: Kind) -> StoredReport | None:
    """None where there is none that is young enough.  Raises UnreadableError, as all others here do."""
    return newest(situation, kind, OLDEST[kind])


def sections_of(review: StoredReport) -> dict[str, Said]:
    try:
        return {each["name"]: _said(each) for each in json.loads(review.body)["sections"]}
    except (ValueError, TypeError, LookupError) as error:
        raise UnreadableError(f"{review.folder}report.json cannot be read: {error!r}") from error


def _said(section: Mapping[str, Any]) -> Said:
    return Said(State(section["state"]), str(section["summary"]))


def missing(kind: Kind) -> Outcome:
    return failed(f"no {_CALLED[kind]} was made in the last {OLDEST[kind].days} days")


def outcome_of_part(situation: Situation, kind: Kind, part: Part, *, must_be_good: bool = False) -> Outcome:
    """Whether the review was made and has this section; where it `must_be_good`, not one that needs attention."""
    review = newest_review(situation, kind)
    if review is None:
        return missing(kind)
    said, when = sections_of(review).get(part), f"{_CALLED[kind]}, {ago(review.at, situation.at)}"
    if said is None:
        return unknown(f"{when}: it has no section {part}")
    text, seen = f"{when}: {said.summary}", Seen(f"{review.folder}report.json", f"{part}: {said.state}")
    if said.state is State.UNKNOWN:
        return unknown(text, seen)
    if said.state is State.NOT_IN_USE:
        return not_applicable(said.summary)
    if must_be_good and said.state is State.ATTENTION:
        return failed(text, seen)
    return passed(text, seen)


def part_of(kind: Kind, part: Part, *, must_be_good: bool = False) -> Look:
    """The look of a check that is about one section."""
    return lambda situation: outcome_of_part(situation, kind, part, must_be_good=must_be_good)
