"""Whether the public finds the status page, and finds it recent: over the distribution, as anybody reads it."""

import json
from datetime import datetime, timedelta
from urllib.parse import urljoin

from lambdas.self_test.outputs import address_of
from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_applicable, passed
from lambdas.self_test.web import get
from lambdas.shared.quantities import duration
from lambdas.status_page.files import STATUS
from lambdas.vocabulary.self_test import ProbeName

STACK, OUTPUT = "status-page", "StatusPageUrl"
_FOUND = 200


def _ask(situation: Situation) -> Seen:
    stale_after = situation.settings.status_page_stale_after
    if stale_after is None:
        return not_applicable("the environment has no status page (uptime.status_page)")
    url = address_of(situation, STACK, OUTPUT)
    page, status = get(url), get(urljoin(url, STATUS))
    if {page.status, status.status} != {_FOUND}:
        return failed(f"{url} answered {page.status}, and {STATUS} {status.status}")
    try:
        written_at = datetime.fromisoformat(json.loads(status.body)["written_at"])
        age = max(situation.at - written_at, timedelta())  # it may be written while the probes are asked
    except (ValueError, KeyError, TypeError):
        return failed(f"{STATUS} at {url} is not what the function status_page writes")
    if age > stale_after:
        return failed(f"{url} was written {duration(age)} ago, and is to be written every few minutes")
    return passed(f"{url} answered 200; it was written {duration(age)} ago")


STATUS_PAGE = Probe(
    name=ProbeName.STATUS_PAGE,
    question="Does the status page answer over its distribution, and is it recent?",
    meaning="Users find no status page, or an old one, in an outage.",
    remedy=(
        "403: the distribution may not read the bucket, or no page was written; old: read the log of status_page,"
        " then deploy the stack status-page"
    ),
    ask=_ask,
    seconds=90,
)
