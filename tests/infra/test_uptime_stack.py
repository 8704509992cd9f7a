"""Who is probed, what is alarmed about it, and who may read what."""

import json
from pathlib import Path

import aws_cdk
import pytest

from stacks.application import compose
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_backups_stack import actions, statements


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


@pytest.fixture(scope="module")
def alarms(prod):
    return {one["AlarmName"]: one for one in of_type(prod, "AWS::CloudWatch::Alarm").values()}


def synthesized_with(tmp_path, text):
    """Resources of production with further lines in its file."""
    content = Path("environments/prod.toml").read_text()
    (tmp_path / "prod.toml").write_text(content + text)
    app = aws_cdk.App(outdir=str(tmp_path / "out"))
    compose(app, load("prod", tmp_path))
    return resources_of(app.synth())


def test_down_is_two_bad_probes_in_a_row_and_flapping_five_of_twelve(alarms):
    down, flapping = alarms["junkos-prod-endpoint-api-down"], alarms["junkos-prod-endpoint-api-flapping"]
    assert (down["DatapointsToAlarm"], down["EvaluationPeriods"], down["Period"]) == (2, 2, 300)
    assert (flapping["DatapointsToAlarm"], flapping["EvaluationPeriods"]) == (5, 12)
    assert down["Statistic"] == "Minimum"
    assert (down["ComparisonOperator"], down["Threshold"]) == ("LessThanThreshold", 1)


def test_a_silent_prober_is_one_alarm_and_not_one_per_endpoint(alarms):
    breaching = {name for name, alarm in alarms.items() if alarm["TreatMissingData"] == "breaching"}
    assert {name for name in breaching if "endpoint" in name} == set()
    assert "junkos-prod-prober-silent" in breaching


def test_slow_and_down_are_apart_and_a_certificate_is_warned_of_twice(alarms):
    levels = {
        name.removeprefix("junkos-prod-endpoint-api-"): alarm["AlarmDescription"].splitlines()[0]
        for name, alarm in alarms.items()
        if "endpoint-api" in name
    }
    assert levels == {
        "down": "Level: critical",
        "flapping": "Level: high",
        "slow": "Level: medium",
        "degraded": "Level: medium",
        "certificate-30-days": "Level: low",
        "certificate-7-days": "Level: high",
    }


def test_every_alarm_watches_dimensions_that_its_function_publishes(alarms):
    for name, alarm in alarms.items():
        dimensions = {one["Name"] for one in alarm.get("Dimensions", ())}
        if "-endpoint-" in name:
            assert dimensions == {"environment", "endpoint"}
        elif "-database-" in name and alarm["Namespace"] == "JunkOS":
            assert dimensions == {"environment", "database"}
        elif "-prober-" in name:
            assert dimensions == {"environment"}


def test_a_probe_reads_the_secret_that_a_header_names_and_no_other(tmp_path):
    resources = synthesized_with(tmp_path, 'headers = { Authorization = { secret = "junkos/probe" } }\n')
    reading = [one for one in statements(resources, "healthcheck") if "secretsmanager:GetSecretValue" in one["Action"]]
    assert len(reading) == 1
    assert json.dumps(reading[0]["Resource"]).count("secret:junkos/probe-??????") == 1


def test_without_a_header_that_names_one_no_secret_is_readable(prod):
    assert not any("secretsmanager" in action for action in actions(statements(prod, "healthcheck")))


def test_the_status_page_is_reached_through_its_distribution_only(prod):
    (distribution,) = of_type(prod, "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert config["DefaultRootObject"] == "index.html"
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["Origins"][0]["OriginAccessControlId"]
    (bucket,) = (one for key, one in of_type(prod, "AWS::S3::Bucket").items() if key[0] == "junkos-prod-uptime")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_the_public_page_sends_the_headers_that_keep_its_readers_safe(prod):
    (policy,) = of_type(prod, "AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["ContentSecurityPolicy"]["ContentSecurityPolicy"].startswith("default-src 'none'")
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"


def test_endpoints_far_away_are_probed_by_copies_that_home_may_invoke(tmp_path):
    resources = synthesized_with(tmp_path, '\n[uptime]\nplaces = ["eu-west-1", "ap-southeast-2"]\nquorum = 2\n')
    copies = {key[0] for key, one in of_type(resources, "AWS::Lambda::Function").items() if "health" in str(one)}
    assert copies >= {"junkos-prod-place-eu-west-1", "junkos-prod-place-ap-southeast-2"}


def test_endpoints_without_room_in_the_stack_have_stacks_of_their_own(tmp_path):
    further = "".join(f'[[uptime.endpoints]]\nname = "e{n}"\nurl = "https://e{n}.example/"\n' for n in range(120))
    (tmp_path / "prod.toml").write_text(Path("environments/prod.toml").read_text() + further)
    app = aws_cdk.App(outdir=str(tmp_path / "out"))
    compose(app, load("prod", tmp_path))
    assembly = app.synth()
    alarms = of_type(resources_of(assembly), "AWS::CloudWatch::Alarm")
    down = {one["AlarmName"]: stack for (stack, _), one in alarms.items() if one["AlarmName"].endswith("-down")}
    assert len(down) == 121
    assert down["junkos-prod-endpoint-e48-down"] == "junkos-prod-uptime"
    assert down["junkos-prod-endpoint-e49-down"] == "junkos-prod-endpoints-2"
    assert down["junkos-prod-endpoint-e119-down"] == "junkos-prod-endpoints-3"
    before = {stack.stack_name: {dependency.id for dependency in stack.dependencies} for stack in assembly.stacks}
    assert "junkos-prod-endpoints-2" in before["junkos-prod-uptime"]
    assert "junkos-prod-endpoints-3" in before["junkos-prod-endpoints-2"]


def test_schedules_of_no_other_account_run_our_functions(resources):
    roles = of_type(resources, "AWS::IAM::Role").values()
    trusts = [json.dumps(role["AssumeRolePolicyDocument"]) for role in roles]
    scheduled = [trust for trust in trusts if "scheduler.amazonaws.com" in trust]
    assert scheduled
    assert all("aws:SourceAccount" in trust for trust in scheduled)
