"""Who is probed, what is alarmed about it, and who may read what."""

import json
import re
from pathlib import Path

import pytest

from stacks.alarms.endpoints import MOST_ALARMS
from stacks.application import compose, new_app
from stacks.platform.room import MARGIN, MOST_RESOURCES
from stacks.settings import SettingsError, load
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
    app = new_app(str(tmp_path / "out"))
    compose(app, load("prod", tmp_path))
    return resources_of(app.synth())


def test_down_and_flapping_thresholds(alarms):
    """Down is two bad probes in a row and flapping five of twelve."""
    down, flapping = alarms["junkos-prod-endpoint-api-down"], alarms["junkos-prod-endpoint-api-flapping"]
    assert (down["DatapointsToAlarm"], down["EvaluationPeriods"], down["Period"]) == (2, 2, 300)
    assert (flapping["DatapointsToAlarm"], flapping["EvaluationPeriods"]) == (5, 12)
    assert down["Statistic"] == "Minimum"
    assert (down["ComparisonOperator"], down["Threshold"]) == ("LessThanThreshold", 1)


def test_silent_prober_is_one_alarm(alarms):
    """A silent prober is one alarm and not one per endpoint."""
    breaching = {name for name, alarm in alarms.items() if alarm["TreatMissingData"] == "breaching"}
    assert {name for name in breaching if "endpoint" in name} == set()
    assert "junkos-prod-prober-silent" in breaching


def test_slow_down_and_certificate_alarms(alarms):
    """Slow and down are apart and a certificate is warned of twice."""
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


def test_alarms_watch_published_dimensions(alarms):
    """Every alarm watches dimensions that its function publishes."""
    for name, alarm in alarms.items():
        dimensions = {one["Name"] for one in alarm.get("Dimensions", ())}
        if "-endpoint-" in name:
            assert dimensions == {"environment", "endpoint"}
        elif "-database-" in name and alarm["Namespace"] == "JunkOS":
            assert dimensions == {"environment", "database"}
        elif "-prober-" in name:
            assert dimensions == {"environment"}


@pytest.mark.slow
def test_probe_reads_named_secret_only(tmp_path):
    """A probe reads the secret that a header names and no other."""
    resources = synthesized_with(tmp_path, 'headers = { Authorization = { secret = "junkos/probe" } }\n')
    reading = [one for one in statements(resources, "healthcheck") if "secretsmanager:GetSecretValue" in one["Action"]]
    assert len(reading) == 1
    assert json.dumps(reading[0]["Resource"]).count("secret:junkos/probe-??????") == 1


def test_no_secret_header_grants_nothing(prod):
    """Without a header that names one no secret is readable."""
    assert not any("secretsmanager" in action for action in actions(statements(prod, "healthcheck")))


def test_page_is_served_by_distribution_only(prod):
    """The status page is reached through its distribution only."""
    (distribution,) = of_type(prod, "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert config["DefaultRootObject"] == "index.html"
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["Origins"][0]["OriginAccessControlId"]
    (bucket,) = (one for key, one in of_type(prod, "AWS::S3::Bucket").items() if key[0] == "junkos-prod-status-page")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_page_sends_security_headers(prod):
    """The public page sends the headers that keep its readers safe."""
    (policy,) = of_type(prod, "AWS::CloudFront::ResponseHeadersPolicy").values()
    security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["ContentSecurityPolicy"]["ContentSecurityPolicy"].startswith("default-src 'none'")
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"


@pytest.mark.slow
def test_home_invokes_copies_in_other_regions(tmp_path):
    """Endpoints far away are probed by copies that home may invoke."""
    resources = synthesized_with(tmp_path, '\n[uptime]\nprobe_regions = ["eu-west-1", "ap-southeast-2"]\nquorum = 2\n')
    copies = {key[0] for key, one in of_type(resources, "AWS::Lambda::Function").items() if "health" in str(one)}
    assert copies >= {"junkos-prod-probe-eu-west-1", "junkos-prod-probe-ap-southeast-2"}


def with_endpoints(directory, count, days):
    """Production with so many further endpoints, each with so many days of warning; its assembly."""
    further = "".join(
        f'[[uptime.endpoints]]\nname = "e{n}"\nurl = "https://e{n}.example/"\ncertificate_warning_days = {days}\n'
        for n in range(count)
    )
    directory.mkdir()
    (directory / "prod.toml").write_text(Path("environments/prod.toml").read_text() + further)
    app = new_app(str(directory / "out"))
    compose(app, load("prod", directory))
    return app.synth()


def stacks_of_alarms(assembly):
    """The stack of each endpoint's alarm `down`, by the alarm's name."""
    alarms = of_type(resources_of(assembly), "AWS::CloudWatch::Alarm")
    return {one["AlarmName"]: key[0] for key, one in alarms.items() if one["AlarmName"].endswith("-down")}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return with_endpoints(tmp_path_factory.mktemp("many") / "all", 120, [90, 60, 30, 14, 7])


@pytest.mark.slow
def test_overflowing_endpoints_get_own_stacks(many):
    """Endpoints without room in the stack have stacks of their own."""
    down = stacks_of_alarms(many)
    assert len(down) == 121
    assert down["junkos-prod-endpoint-e38-down"] == "junkos-prod-uptime"
    assert down["junkos-prod-endpoint-e39-down"] == "junkos-prod-endpoints-2"
    assert down["junkos-prod-endpoint-e88-down"] == "junkos-prod-endpoints-2"
    assert down["junkos-prod-endpoint-e119-down"] == "junkos-prod-endpoints-3"
    before = {stack.stack_name: {dependency.id for dependency in stack.dependencies} for stack in many.stacks}
    assert "junkos-prod-endpoints-2" in before["junkos-prod-uptime"]
    assert "junkos-prod-endpoints-3" in before["junkos-prod-endpoints-2"]


@pytest.mark.slow
def test_stacks_stay_below_resource_limit(many):
    """No stack comes near to what cloudformation takes."""
    sizes = {stack.stack_name: len(stack.template["Resources"]) for stack in many.stacks}
    assert {name: size for name, size in sizes.items() if size > MOST_RESOURCES - MARGIN} == {}
    assert sizes["junkos-prod-endpoints-2"] == 50 * MOST_ALARMS


@pytest.mark.slow
def test_warning_day_moves_no_alarm(many, tmp_path):
    """A day of warning more moves no alarm to another stack."""
    assert stacks_of_alarms(with_endpoints(tmp_path / "few", 120, [7])) == stacks_of_alarms(many)


@pytest.mark.slow
def test_too_many_resources_are_refused(tmp_path):
    """A list that makes too many resources is one line."""
    addresses = ", ".join(f'"p{n}@junkos.example"' for n in range(480))
    content = Path("environments/prod.toml").read_text().replace('"oncall@junkos.example"', addresses)
    (tmp_path / "prod.toml").write_text(content)
    with pytest.raises(SettingsError) as refused:
        compose(new_app(str(tmp_path / "out")), load("prod", tmp_path))
    line = (
        r"junkos-prod-alerting would have \d+ resources, and CloudFormation takes 500 in a stack; shorten alerts.email"
    )
    assert re.match(line, str(refused.value))


def test_optional_quota_stack_deploys_last(assembly):
    """AWS refuses distributions to accounts that it has not verified."""
    (page,) = (stack for stack in assembly.stacks if stack.stack_name.endswith("-status-page"))
    others = [stack for stack in assembly.stacks if stack.id != page.id]
    assert {stack.id for stack in others} <= {dependency.id for dependency in page.dependencies}
    assert not any(page.id in {dependency.id for dependency in stack.dependencies} for stack in others)
    held = {one["Type"] for stack in others for one in stack.template["Resources"].values()}
    assert not any(kind.startswith("AWS::CloudFront::") for kind in held)


def test_silent_status_page_is_alarmed(prod):
    """A status page that could not be made is silent and that is alarmed."""
    named = {one["AlarmName"]: key[0] for key, one in of_type(prod, "AWS::CloudWatch::Alarm").items()}
    assert named["junkos-prod-status-page-silent"] == "junkos-prod-uptime"
    assert named["junkos-prod-status-page-errors"] == "junkos-prod-uptime"


def test_only_own_schedules_run_functions(resources):
    """Schedules of no other account run our functions."""
    roles = of_type(resources, "AWS::IAM::Role").values()
    trusts = [json.dumps(role["AssumeRolePolicyDocument"]) for role in roles]
    scheduled = [trust for trust in trusts if "scheduler.amazonaws.com" in trust]
    assert scheduled
    assert all("aws:SourceAccount" in trust for trust in scheduled)
