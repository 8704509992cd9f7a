"""Whether everything is probed, and alarmed."""

from datetime import timedelta
from typing import Final

from lambdas.checklist.alarm_names import DOWN, AlarmName
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import trouble_of
from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.database import FOLDER, LOOKED_BACK, READS_LOG, newest_look
from lambdas.checklist.endpoints import PROBES, READS, Endpoint, endpoints_of, stale_after, without_alarm
from lambdas.shared.quantities import counted, duration
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook

_NONE: Final = "no endpoint is probed: uptime.endpoints is empty in the environment's file"


def _probed(situation: Situation) -> Outcome:
    if not situation.settings.endpoints:
        return failed(_NONE)
    if trouble := trouble_of(situation, situation.name(AlarmName.PROBER_SILENT)):
        return failed(trouble)
    endpoints = endpoints_of(situation)
    if not endpoints:
        return failed("no endpoint has an alarm on its outage, and so none is known to be probed")
    ages = {each.name: _age(situation, each) for each in endpoints}
    seen = [
        Seen(f"endpoint {name}", "never seen" if age is None else f"seen {duration(age)} ago")
        for name, age in ages.items()
    ]
    stale = [name for name, age in ages.items() if age is None or age > stale_after(situation)]
    if stale:
        return failed(f"endpoint {stale[0]} was not seen in the last {duration(stale_after(situation))}", *seen)
    return passed(
        f"{counted(len(endpoints), 'endpoint')}, each seen in the last {duration(stale_after(situation))}", *seen
    )


def _age(situation: Situation, endpoint: Endpoint) -> timedelta | None:
    at = endpoint.current.checked_at
    return situation.at - at if at else None


def _alarmed(situation: Situation) -> Outcome:
    wanted = situation.settings.endpoints
    if not wanted:
        return failed(_NONE)
    endpoints = endpoints_of(situation)
    seen = [Seen(f"endpoint {each.name}", each.current.state) for each in endpoints]
    if missing := without_alarm(situation, DOWN):
        return failed(missing, *seen)
    if troubles := [trouble for each in endpoints if (trouble := trouble_of(situation, each.alarm))]:
        return failed("; ".join(troubles[:3]), *seen)
    if down := [each for each in endpoints if not each.answers]:
        return failed(f"endpoint {down[0].name} is {down[0].current.state}", *seen)
    return passed(f"{counted(wanted, 'endpoint')} answer, each with an alarm that notifies somebody", *seen)


def _database_probed(situation: Situation) -> Outcome:
    if trouble := trouble_of(situation, situation.name(AlarmName.DATABASE_UNREACHABLE)):
        return failed(trouble)
    look = newest_look(situation)
    if look is None:
        return failed(f"{situation.log_of(FOLDER)} has no run in the last {duration(LOOKED_BACK)}")
    ago = duration(situation.at - look.at)
    if not look.reached:
        return failed(f"the database was not reached {ago} ago: {look.line.get('message', '')}")
    version = str(look.line.get("server_version", "unknown"))
    seen = Seen(f"database {situation.settings.database}", f"PostgreSQL {version}, {look.line.get('latency_ms')} ms")
    return passed(f"the database was looked into {ago} ago", seen)


PROBED: Final = Check(
    name="endpoints-probed",
    line=Line.MONITORED,
    question="Are the endpoints probed?",
    why="A prober that stopped sees no outage, and is as quiet as a healthy system.",
    passes=f"Each endpoint was seen within {PROBES} intervals, and the alarm on a silent prober notifies somebody.",
    remedy="Read the log of health_check, and see that its schedule is enabled; deploy the stack uptime.",
    importance=Importance.BLOCKER,
    runbook=Runbook.PROBER_SILENT,
    reads=READS,
    look=_probed,
)
DATABASE_PROBED: Final = Check(
    name="database-probed",
    line=Line.MONITORED,
    question="Is the database looked into?",
    why="An API may answer from its cache while its database is gone.",
    passes=f"database_check reached the database in the last {duration(LOOKED_BACK)}, and the alarm on a database that"
    " is not reached notifies somebody.",
    remedy="Read the newest line of the log of database_check: it names the failure.",
    importance=Importance.BLOCKER,
    runbook=Runbook.DATABASE_TROUBLE,
    reads=(*READS_ALARMS, *READS_LOG),
    look=_database_probed,
)
ALARMED: Final = Check(
    name="endpoints-alarmed",
    line=Line.MAIN_ENDPOINT,
    question="Does each endpoint answer, and does its outage notify somebody?",
    why="A page that is not probed is down until a user complains.",
    passes="Every endpoint of the environment's file answers and has an alarm `down` whose topic has a confirmed"
    " subscription.",
    remedy="Add the API's main URL as [[uptime.endpoints]] and deploy the stack uptime.",
    importance=Importance.BLOCKER,
    runbook=Runbook.SERVICE_DOWN,
    reads=READS,
    look=_alarmed,
)
