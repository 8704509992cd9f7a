"""Mute rules in force."""

from datetime import UTC, datetime

from lambdas.incident_evidence.sources.mutes import MUTES
from tests.unit.lambdas.incident_evidence.situation import Aws, situation

ARN = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm-mute-rule:"
ENDS = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def listed(*names):
    return {"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": f"{ARN}{name}", "Status": "ACTIVE"} for name in names]}


def test_own_rules_in_force_are_said():
    aws = Aws()
    by_hand, window = "junkos-prod-muted-20261127t090000-1", "junkos-prod-maintenance-1"
    found = listed(by_hand, "junkos-staging-muted-1", window)
    aws.expect("cloudwatch", "list_alarm_mute_rules", found, {"Statuses": ["ACTIVE"]})
    muted = {"MuteTargets": {"AlarmNames": ["a", "b"]}, "Description": "deploy 1.4.2 (anna)", "ExpireDate": ENDS}
    aws.expect("cloudwatch", "get_alarm_mute_rule", muted, {"AlarmMuteRuleName": by_hand})
    again = {"MuteTargets": {"AlarmNames": ["a"]}}
    aws.expect("cloudwatch", "get_alarm_mute_rule", again, {"AlarmMuteRuleName": window})
    assert MUTES.look(situation(aws)).lines == (
        "1 alarm muted: junkos-prod-maintenance-1",
        "2 alarms muted until 27 Nov 2026, 09:30:00 UTC: deploy 1.4.2 (anna)",
    )
    aws.had_all()
