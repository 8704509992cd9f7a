"""Answers and reports for tests that are about what is done with them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from lambdas.vocabulary.checklist import Answer, Importance, Line, Report, Section, Verdict
from tests.unit.lambdas.checklist.accounts import AT

ANSWER = Answer(
    check="guardduty",
    section=Section.SECURITY,
    line=Line.GUARDDUTY.words,
    question="Does GuardDuty watch the account?",
    importance=Importance.BLOCKER,
    verdict=Verdict.PASS,
    text="detector d1 is enabled",
    remedy="",
)


def answer(verdict: Verdict, check: str = "guardduty", **more: Any) -> Answer:
    return replace(ANSWER, verdict=verdict, check=check, **more)


def report(*answers: Answer, at: datetime = AT, **more: Any) -> Report:
    return Report("prod", "JunkOS backend team", at, 1.5, answers, tuple(Section), **more)
