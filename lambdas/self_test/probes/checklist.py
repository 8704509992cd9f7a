"""Whether the checklist is answered every day: nothing else misses it when its schedule or its function is gone."""

from datetime import timedelta
from typing import Final

from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_applicable, passed
from lambdas.shared.quantities import duration
from lambdas.shared.reports import Reports
from lambdas.vocabulary.reports import Kind, time_of
from lambdas.vocabulary.self_test import ProbeName

LATEST: Final = timedelta(days=2)
"""A day, and what a run that failed may take to be seen otherwise."""
_LOOKED_BACK: Final = timedelta(days=60)


def _ask(situation: Situation) -> Seen:
    reports = Reports(situation.client("s3"), situation.settings.reports)
    since = situation.at - _LOOKED_BACK
    answered = reports.folders(Kind.CHECKLIST, since)
    if not answered:
        return _never(reports, situation)
    age = situation.at - time_of(answered[0])
    if age > LATEST:
        return failed(f"the checklist was answered {duration(age)} ago, and is to be every day")
    return passed(f"the checklist was answered {duration(age)} ago")


def _never(reports: Reports, situation: Situation) -> Seen:
    """By the first report of the self-test's own it is known whether there was time for one."""
    own = reports.folders(Kind.SELF_TEST, situation.at - _LOOKED_BACK)
    if own and situation.at - time_of(own[-1]) > LATEST:
        return failed("the checklist was never answered")
    return not_applicable("the environment is new: the checklist is answered at 06:00 UTC")


CHECKLIST = Probe(
    name=ProbeName.CHECKLIST,
    question="Is the production checklist answered every day?",
    meaning="What stops being ready for production is seen by nobody.",
    remedy="ops ENVIRONMENT checklist; then the schedule and the log of the function checklist",
    ask=_ask,
)
