"""The self-test from its probes to the report that is kept of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.self_test.probe import Client, Probe, Situation
from lambdas.self_test.publish_changes import publish_changes
from lambdas.self_test.run_probes import run_probes
from lambdas.self_test.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.masking import masked_text
from lambdas.shared.observability import logger
from lambdas.shared.reports import Reports
from lambdas.shared.service import Here, own_names
from lambdas.shared.texts import cut
from lambdas.vocabulary.codec import MalformedError, decode, encode
from lambdas.vocabulary.reports import JSON, Kind
from lambdas.vocabulary.self_test import ProbeName, SelfTest

REMEMBERED: Final = timedelta(days=60)
"""How far back the last report is looked for, to know which failures are published already."""
_LONGEST_NAME: Final = 100


class NotKeptError(Exception):
    """A run of the schedule is not on record; nobody reads its answer, so it must not look as if it was."""


@dataclass(frozen=True)
class Kept:
    """What became of a run: where its report is, and why it is nowhere, where that is so."""

    found: SelfTest
    folder: str = ""
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What the function answers."""
        return {**encode(self.found), "good": self.found.is_good, "report": self.folder, "not_kept": self.error}


def run_self_test(
    event: Mapping[str, Any], settings: Settings, probes: Sequence[Probe], client: Client, clock: Clock = now
) -> Kept:
    """A run of the schedule has a `slot` in its event: it publishes what changed.  One by hand publishes nothing.

    Raises NotKeptError when a run of the schedule could not be recorded.
    """
    is_scheduled, at = "slot" in event, clock()
    requested_by = "the schedule" if is_scheduled else str(event.get("requested_by", "somebody"))
    here = Here(settings.environment, own_names().service)
    results = run_probes(probes, Situation(settings, client, at, here))
    found = SelfTest(at, cut(masked_text(requested_by), _LONGEST_NAME), results)
    reports = Reports(client("s3"), settings.reports)
    raised = _raised_before(reports, at)
    if is_scheduled:
        raised = publish_changes(client("sns"), settings, found, raised)
    kept = _keep(reports, replace(found, raised=raised))
    _log(kept)
    if kept.error and is_scheduled:
        raise NotKeptError(kept.error)
    return kept


def _raised_before(reports: Reports, at: datetime) -> tuple[ProbeName, ...]:
    """By the last report; none where there is none to be read, and what fails is published once more."""
    try:
        last = reports.newest(Kind.SELF_TEST, at, REMEMBERED)
        return decode(SelfTest, json.loads(last.body), ignore_unknown=True).raised if last else ()
    except (ClientError, BotoCoreError, MalformedError, ValueError) as error:
        logger.warning("the last self-test could not be read", reason=str(error))
        return ()


def _keep(reports: Reports, found: SelfTest) -> Kept:
    try:
        return Kept(found, reports.write(Kind.SELF_TEST, found.at, {JSON: found.to_json().encode()}))
    except (ClientError, BotoCoreError) as error:
        reason = f"the report was not kept in {reports.bucket}: {error}"
        logger.error("the self-test is not on record", reason=reason)
        return Kept(found, error=reason)


def _log(kept: Kept) -> None:
    for result in kept.found.results:
        tell = logger.info if result.is_good else logger.warning
        tell("probed", probe=result.probe, outcome=result.outcome, seen=result.seen, seconds=result.seconds)
    logger.info("self-test done", good=kept.found.is_good, report=kept.folder)
