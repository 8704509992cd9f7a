"""The rules of EventBridge by which acts in the account reach people, and the trail that they stand on."""

from typing import Any, Final

from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, only_where, passed
from lambdas.checklist.phrases import listed
from lambdas.shared.quantities import counted
from lambdas.vocabulary.account_changes import AccountChange, rule_of
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.runbooks import Runbook

MAY_BE_ABSENT: Final = frozenset({AccountChange.CHANNEL_SECRET_CHANGED})
"""An environment whose channels need no secret has no rule about them."""
READS: Final = Reads(("events:ListRules",), because="A listing of rules takes no narrower resource.")
_wanted = only_where(
    lambda situation: situation.settings.account_changes, "security.account_changes is false in the environment's file"
)


def rules_of(situation: Situation) -> dict[str, str]:
    """The states of the environment's rules, by their names.  Raises UnreadableError."""
    found = situation.account.pages("events", "list_rules", "Rules", NamePrefix=situation.name(""))
    return {each["Name"]: str(each.get("State", "unknown")) for each in found}


@_wanted
def _changes(situation: Situation) -> Outcome:
    states = rules_of(situation)
    needed = [situation.name(rule_of(change, 1)) for change in AccountChange if change not in MAY_BE_ABSENT]
    ours = {name: state for name, state in states.items() if name.startswith(situation.name("account-"))}
    faults = [f"there is no rule {name}" for name in needed if name not in ours]
    faults += [f"rule {name} is {state}" for name, state in ours.items() if state != "ENABLED"]
    if faults:
        return failed(listed(faults), *(Seen(name, state) for name, state in ours.items() if state != "ENABLED"))
    return passed(f"{counted(len(ours), 'rule')} about {counted(len(AccountChange), 'kind')} of acts are enabled")


@_wanted
def _trail(situation: Situation) -> Outcome:
    trails = (situation.account.get("cloudtrail", "describe_trails") or {}).get("trailList", ())
    logging = [trail for trail in trails if _is_logging(situation, trail)]
    seen = tuple(Seen(str(trail.get("TrailARN")), "is logging") for trail in logging)
    if not trails:
        return failed("no trail of CloudTrail records this region: rules about acts in the account see nothing")
    if not logging:
        return failed(f"no trail is logging: {listed(str(trail.get('Name')) for trail in trails)}")
    return passed(f"trail {listed(str(trail.get('Name')) for trail in logging)} is logging", *seen)


def _is_logging(situation: Situation, trail: dict[str, Any]) -> bool:
    status = situation.account.get("cloudtrail", "get_trail_status", Name=trail["TrailARN"]) or {}
    return status.get("IsLogging") is True


CHECKS: Final = (
    Check(
        name="account-changes-watched",
        line=Line.SUSPICIOUS,
        question="Are people notified of acts that weaken the account?",
        why="Who has stolen a key makes a second one first, and stops the trail.",
        passes="Each act of docs/security.md has its rules, and all of them are enabled.",
        remedy="Deploy the stack security again; of a rule that somebody disabled, ask who and why.",
        importance=Importance.BLOCKER,
        runbook=Runbook.ACCOUNT_CHANGE,
        reads=(READS,),
        look=_changes,
    ),
    Check(
        name="trail-is-logging",
        line=Line.SUSPICIOUS,
        question="Is there a trail of what is done in the account?",
        why="Without one the rules about acts see nothing, and nobody can say afterwards what was done.",
        passes="At least one trail that records this region is logging.",
        remedy="Make a trail for all regions in CloudTrail's console; the first copy of management events is free.",
        importance=Importance.BLOCKER,
        runbook=Runbook.ACCOUNT_CHANGE,
        reads=(
            Reads(
                ("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"),
                because="A trail has any name, and may be another account's of the organisation.",
            ),
        ),
        look=_trail,
    ),
)
