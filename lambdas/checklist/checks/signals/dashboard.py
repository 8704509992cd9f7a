"""The dashboard: that it is there, and shows what one looks at first."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.checklist.phrases import listed
from lambdas.checklist.reader import UnreadableError
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.dashboard import OVERVIEW
from lambdas.vocabulary.metrics import Metric

REQUESTS: Final = (Metric.REQUEST_DURATION, "RequestCount", "Count")
"""What counts requests: of the API's log, of a load balancer, of an API Gateway; so with the others."""
LATENCY: Final = (Metric.REQUEST_DURATION, "TargetResponseTime", "Latency")
FAILED: Final = (Metric.REQUEST_FAILED, "HTTPCode_Target_5XX_Count", "5XXError", "5xx")
REFUSED: Final = (Metric.REQUEST_REFUSED, "HTTPCode_Target_4XX_Count", "4XXError", "4xx")
OF_USERS: Final = {"request rate": REQUESTS, "latency": LATENCY, "error rate": FAILED}
OF_RDS: Final = {"connections": ("DatabaseConnections",), "memory": ("FreeableMemory",), "CPU": ("CPUUtilization",)}
CONNECTIONS_ELSEWHERE: Final = {"connections": (Metric.CONNECTIONS_USED, "connections")}
"""Of a database that is no instance of RDS: our own metric, or the log of the check, in whose query they are named."""
_SAME_AS_BEFORE: Final = "."
READS: Final = Reads(
    ("cloudwatch:GetDashboard",), "arn:{partition}:cloudwatch::{account}:dashboard/{prefix}" + OVERVIEW
)


def shown_in(body: str) -> set[str]:
    """The names of metrics that a dashboard shows, and the words of its queries.  Raises ValueError."""
    shown: set[str] = set()
    for widget in json.loads(body).get("widgets", ()):
        properties = widget.get("properties", {})
        shown.update(_metrics(properties))
        shown.update(str(properties.get("query", "")).replace(",", " ").replace(".", " ").split())
    return shown


def _metrics(properties: Mapping[str, Any]) -> Iterator[str]:
    """By the second place of each line; a dot repeats that of the line before."""
    name = ""
    for line in properties.get("metrics", ()):
        if len(line) > 1 and isinstance(line[1], str):
            name = name if line[1] == _SAME_AS_BEFORE else line[1]
            yield name


def missing_in(shown: set[str], *, on_rds: bool) -> list[str]:
    """What a dashboard lacks of what the checklist names."""
    wanted = {**OF_USERS, **(OF_RDS if on_rds else CONNECTIONS_ELSEWHERE)}
    return [what for what, names in wanted.items() if not shown.intersection(names)]


def shown_by(situation: Situation) -> set[str] | None:
    """What the environment's dashboard shows; None where it is not there.  Raises UnreadableError."""
    name = situation.name(OVERVIEW)
    found = situation.account.get(
        "cloudwatch", "get_dashboard", absent=("ResourceNotFound", "DashboardNotFoundError"), DashboardName=name
    )
    body = (found or {}).get("DashboardBody")
    if body is None:
        return None
    try:
        return shown_in(body)
    except (ValueError, AttributeError) as error:
        raise UnreadableError(f"the dashboard {name} cannot be read: {error}") from error


def _look(situation: Situation) -> Outcome:
    shown, name = shown_by(situation), situation.name(OVERVIEW)
    on_rds = situation.settings.instance is not None
    if shown is None:
        return failed(f"there is no dashboard {name}")
    if missing := missing_in(shown, on_rds=on_rds):
        return failed(f"{name} does not show {listed(missing)}", Seen(name, f"without {', '.join(missing)}"))
    all_of_it = ", ".join([*OF_USERS, *(OF_RDS if on_rds else CONNECTIONS_ELSEWHERE)])
    rest = "" if on_rds else "; memory and CPU of a database that is not at RDS are not in CloudWatch"
    return passed(f"{name} shows {all_of_it}{rest}")


CHECKS: Final = (
    Check(
        name="dashboard",
        line=Line.DASHBOARD,
        question="Is there one page with requests, latency, errors, connections, memory and CPU?",
        why="Who has to find the graphs first looks at the wrong one.",
        passes=f"It is there and shows {', '.join([*OF_USERS, *OF_RDS])}; of a database that is no instance of RDS, its"
        " connections.",
        remedy="Deploy the stack monitoring again.",
        reads=(READS,),
        look=_look,
    ),
)
