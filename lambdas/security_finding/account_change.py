"""An act in the account that weakens it, as CloudTrail records it, as a notice.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdas.security_finding.actor import actor_of
from lambdas.security_finding.administrator import kind_of
from lambdas.security_finding.changes import CHANGES
from lambdas.security_finding.settings import Settings
from lambdas.vocabulary.account_changes import CHANGE, EVENT, AccountChange
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.runbooks import Runbook

# How the calls of the rules name the thing that they act on, the most specific first.
_SUBJECTS = (
    "userName",
    "roleName",
    "groupName",
    "bucketName",
    "dBSnapshotIdentifier",
    "dBClusterSnapshotIdentifier",
    "dBInstanceIdentifier",
    "groupId",
    "keyId",
    "detectorId",
    "trailName",
    "name",
    "policyArn",
    "alarmNames",
    "rule",
    "serialNumber",
    "alarmName",
    "ruleNames",
    "functionName",
    "uUID",
    "topicArn",
    "subscriptionArn",
    "queueUrl",
    "tableName",
    "secretId",
    "filterName",
    "logGroupName",
    "logGroupIdentifier",
    "stackName",
    "GroupId",
)
MOST_NAMED = 5
"""Of many things; a call may name a hundred alarms."""


def notice_of_change(event: Mapping[str, Any], settings: Settings, iam: Any) -> Notice:
    """The notice of an act; raises KeyError or ValueError for an event of another form.

    `iam` is a boto3 client, which is asked what a changed permission permits.  The same act by the same actor on the
    same thing has the same key, so that a session of clicks is reported once.  One that was refused is not the same as
    one that was done.
    """
    record = event[EVENT]
    change, remark = kind_of(AccountChange(event[CHANGE]), record, iam)
    description = CHANGES[change]
    act, who, what = record["eventName"], actor_of(record), _subject(record)
    refused = f" (refused: {record['errorCode']})" if record.get("errorCode") else ""
    same = change if description.once else f"{change}:{act}:{what}"
    region = record["awsRegion"]
    return Notice(
        key=f"{same} by {who}{refused}",
        level=description.level,
        change=Change.HAPPENED,
        title=f"{description.title}{remark}{refused}",
        at=datetime.fromisoformat(record["eventTime"]),
        measured=f"{act}{f' of {what}' if what else ''} by {who}, from {record['sourceIPAddress']}",
        meaning=description.meaning,
        first_look="Ask who did it whether they did. If nobody knows of it, somebody else is in the account: runbook.",
        runbook=f"{settings.runbook_url}/{Runbook.ACCOUNT_CHANGE}.md",
        console=(
            f"https://{region}.console.aws.amazon.com/cloudtrailv2/home?region={region}#/events/{record['eventID']}"
        ),
        owner=settings.owner,
    )


def _subject(record: Mapping[str, Any]) -> str:
    parameters = record.get("requestParameters") or {}
    parameters = parameters.get("ModifySecurityGroupRulesRequest") or parameters  # one call that wraps them
    found = next((parameters[name] for name in _SUBJECTS if parameters.get(name)), "")
    if not isinstance(found, list):
        return str(found)
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return ", ".join(map(str, found[:MOST_NAMED])) + more
