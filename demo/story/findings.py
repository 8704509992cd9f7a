"""A finding of GuardDuty, and a test alert."""

from typing import Any

from demo.console import Console
from demo.story.messages import show, ways
from demo.story.people import People
from emulator.account import ACCOUNT_ID, REGION
from emulator.stage import Stage
from emulator.waiting import wait_for
from lambdas.shared.clock import now
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import SNS

PATIENCE = 60.0
TITLE = "A user logged in to a database after a pattern of failed logins."


def show_finding_delivered(stage: Stage, people: People, console: Console) -> None:
    """Send GuardDuty's event twice, as it does for a finding that goes on."""
    console.heading("Report a GuardDuty finding")
    started, before = now(), len(_handled(stage))
    with console.step("sending a finding of GuardDuty, twice"):
        for count in (1, 2):
            stage.account.send_as_service("aws.guardduty", "GuardDuty Finding", finding(stage, count))
        wait_for(lambda: len(_handled(stage)) >= before + 2, PATIENCE)
        outcomes = _handled(stage)[before:]
        received = people.wait_until_received([TITLE], Level.MEDIUM, started)
    show(console, [it for it in received if it.inbox == "slack"], started)
    console.claim(
        "a finding is sent once to the channels of its level, and its repetition is not",
        holds=sorted(outcomes) == [False, True] and people.have_one_each(received, Level.MEDIUM),
        evidence=f"{Level.MEDIUM}: {ways(it.inbox for it in received)}; the two events: "
        + ", ".join("published" if each else "not published again" for each in outcomes),
    )


def _handled(stage: Stage) -> list[bool]:
    """Of each event that the function has handled, whether it was published."""
    lines = stage.log_lines("security_finding")
    return [line["published"] for line in lines if line.get("message") == "security event"]


def finding(stage: Stage, count: int) -> dict[str, Any]:
    """https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-summary.html."""
    user = stage.environment.service
    moment, identifier = now().isoformat(), "4eb8d7a1c2f34d5e8f90a1b2c3d4e5f6"
    origin = {
        "ipAddressV4": "198.51.100.7",
        "city": {"cityName": "Oslo"},
        "country": {"countryName": "Norway"},
        "organization": {"org": "Example Hosting"},
    }
    return {
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT_ID}:detector/12abc34d/finding/{identifier}",
        "id": identifier,
        "accountId": ACCOUNT_ID,
        "region": REGION,
        "type": "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce",
        "severity": 5,
        "title": TITLE,
        "description": f"The user {user} logged in after many attempts that failed.",
        "createdAt": moment,
        "updatedAt": moment,
        "resource": {
            "resourceType": "RDSDBInstance",
            "rdsDbInstanceDetails": {
                "dbInstanceIdentifier": physical_name(stage.environment, "database"),
                "engine": "postgres",
            },
            "rdsDbUserDetails": {"user": user},
        },
        "service": {
            "serviceName": "guardduty",
            "action": {
                "actionType": "RDS_LOGIN_ATTEMPT",
                "rdsLoginAttemptAction": {"remoteIpDetails": origin},
            },
            "eventFirstSeen": moment,
            "eventLastSeen": moment,
            "count": count,
        },
    }


def show_test_alert_delivered(stage: Stage, console: Console) -> None:
    """Send a test alert by the deployed function, as `make test-alert` does."""
    console.heading("Send a test alert")
    level = Level.CRITICAL
    with console.step(f"invoking {stage.function('test_alert')}, level {level}"):
        report = stage.invoke("test_alert", level=level, requested_by="make run")
    for answer in report["answers"]:
        console.fact(f"{answer['channel']}: {answer['outcome']} after {answer['seconds']} s")
    console.fact(f"handed to SNS: {', '.join(report['handed_over'])}")
    channels = [channel.rendered_for() for channel in stage.environment.alerts.rendered]
    wanted = {SNS, *(channel.name for channel in channels if level in channel.levels)}
    console.claim(
        "the test alert was delivered by every channel of its level",
        holds=report["good"] and {answer["channel"] for answer in report["answers"]} == wanted,
        evidence=", ".join(sorted(wanted)),
    )
