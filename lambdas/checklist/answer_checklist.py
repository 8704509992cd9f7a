"""Asks the checklist's checks, compares with the report before, publishes new blockers and keeps the evidence."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.checklist.announce import announced
from lambdas.checklist.checks import CHECKS, of_sections
from lambdas.checklist.compare import compared
from lambdas.checklist.evaluate import evaluate
from lambdas.checklist.markdown import markdown
from lambdas.checklist.page import page
from lambdas.checklist.reader import Client
from lambdas.checklist.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.observability import logger
from lambdas.shared.reports import Reports
from lambdas.vocabulary.checklist import BAD, Report, Section, Verdict
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.names import Named
from lambdas.vocabulary.reports import HTML, JSON, MARKDOWN, Kind

SECTIONS: Final = "sections"
"""Of the event: those that are asked; all of them when it is left out."""
SCHEDULED: Final = "slot"
"""Of the event of a scheduled run: when it was due."""
HISTORY: Final = timedelta(days=100)
"""So far back the report before is looked for."""
SOON: Final = timedelta(days=14)


class NotKeptError(RuntimeError):
    """A scheduled report could not be kept: tomorrow nobody could say what changed."""


class UnknownSectionError(ValueError):
    """The event names a section that the checklist does not have."""


@dataclass(frozen=True)
class Answering:
    """The environment and its account."""

    settings: Settings
    here: Named
    client: Client
    clock: Clock = now

    @property
    def reports(self) -> Reports:
        return Reports(self.client("s3"), self.settings.reports)

    def answer(self, event: Mapping[str, Any]) -> Report:
        """A whole report is kept and compared with the one before; a part of it is only answered.

        Raises UnknownSectionError, and NotKeptError of a scheduled run: nobody else sees its answer.
        """
        sections = _sections(event.get(SECTIONS) or ())
        report = self._evaluated(sections)
        if sections == tuple(Section):
            report = self._kept(report)
        _log(report)
        if report.not_kept and SCHEDULED in event:
            raise NotKeptError(f"the checklist was answered and not kept: {report.not_kept}")
        return report

    def _evaluated(self, sections: tuple[Section, ...]) -> Report:
        at, began = self.clock(), time.monotonic()
        answers = evaluate(of_sections(sections), self.settings, self.here, self.client, clock=self.clock)
        return Report(
            environment=self.settings.environment,
            owner=self.settings.owner,
            at=at.replace(microsecond=0),
            seconds=round(time.monotonic() - began, 1),
            answers=answers,
            sections=sections,
            notes=tuple(_notes(self.settings, at)),
        )

    def _kept(self, report: Report) -> Report:
        """Whatever S3 or SNS refuse, the verdict is still given, and says so."""
        try:
            before = self._before(report)
            report = compared(report, before)
            report = announced(self.client("sns"), self.settings, report, before)
            documents = {JSON: report.to_json().encode(), HTML: page(report), MARKDOWN: markdown(report).encode()}
            self.reports.write(Kind.CHECKLIST, report.at, documents)
        except (ClientError, BotoCoreError) as error:
            logger.error("the evidence was not kept", reason=str(error))
            return replace(report, not_kept=str(error))
        return report

    def _before(self, report: Report) -> Report | None:
        stored = self.reports.newest(Kind.CHECKLIST, report.at, HISTORY)
        if stored is None:
            return None
        try:
            return decode(Report, json.loads(stored.body), ignore_unknown=True)
        except ValueError as error:
            logger.warning("the report before cannot be read", folder=stored.folder, reason=str(error))
            return None


def _sections(named: Iterable[str]) -> tuple[Section, ...]:
    known = {section.value: section for section in Section}
    if unknown := [name for name in named if name not in known]:
        raise UnknownSectionError(f"the checklist has no section {unknown[0]!r} (it has {', '.join(known)})")
    chosen = {known[name] for name in named}
    return tuple(section for section in Section if section in chosen or not chosen)


def _notes(settings: Settings, at: datetime) -> Iterable[str]:
    names = {check.name for check in CHECKS}
    for given, what in ((settings.waivers, "waiver"), (settings.attestations, "attestation")):
        for each in given:
            if each.check not in names:
                yield f"the {what} of {each.check} is of no check any more: take it out of the environment's file"
            elif at.date() <= each.until < (at + SOON).date():
                yield f"the {what} of {each.check} ends on {each.until}"


def _log(report: Report) -> None:
    logger.info(
        "the checklist was answered",
        ready=report.ready,
        seconds=report.seconds,
        verdicts={verdict.value: report.number_of(verdict) for verdict in Verdict},
        bad={answer.check: answer.text for answer in report.answers if answer.verdict in BAD},
    )
