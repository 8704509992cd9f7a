"""The alarms on the API where AWS counts its requests: driven by what a load balancer and an API Gateway report.

The environments here count in the API's log, so that no deployment drills these.  Names, dimensions, units and which
metrics are there at all:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from emulator.cloudwatch.alarms import Sources, evaluate
from emulator.cloudwatch.samples import Sample
from tests.infra.conftest import of_type
from tests.infra.test_uptime_stack import synthesized_with

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTES = range(int(NOON.timestamp()) - 3600, int(NOON.timestamp()), 60)
REQUESTS = 100  # a minute
ERRORS = {"api-error-rate", "api-error-rate-critical", "api-errors", "api-errors-critical"}


@dataclass(frozen=True)
class Minute:
    """What happens in each minute: so many requests, answered so, in so many seconds."""

    served: int = REQUESTS
    failed: int = 0
    refused: int = 0
    seconds: float = 0.05
    without_target: int = 0
    """Requests that the load balancer answers with 5xx itself: counted nowhere else."""


WELL = Minute()
IN_TROUBLE = {
    "nothing": (WELL, set()),
    "failing": (Minute(failed=60), ERRORS),
    "failing a little": (Minute(failed=7), {"api-error-rate"}),
    "refusing": (Minute(refused=60), set()),
    "slow": (Minute(seconds=1.5), {"api-latency-p95"}),
    "silent": (None, {"api-silent"}),
}


BALANCER = {"LoadBalancer": "app/junkos/50dc6c495c0c9188"}
GROUP = {"TargetGroup": "targetgroup/junkos/73e2d6bc24d8a067"}


def balancer(group):
    """A balancer reports what it answers itself without the target group, and no count of errors that is zero."""

    def report(name, dimensions, minute):
        assert dimensions in (BALANCER, BALANCER | group)
        counts = {
            "RequestCount": minute.served,
            "HTTPCode_Target_5XX_Count": minute.failed,
            "HTTPCode_Target_4XX_Count": minute.refused,
            "HTTPCode_ELB_5XX_Count": 0 if "TargetGroup" in dimensions else minute.without_target,
        }
        if name == "TargetResponseTime":
            return (minute.seconds, minute.served, "Seconds") if minute.served else None
        return (1, counts[name], "Count") if counts[name] else None

    return report


def gateway(dimensions, failed, refused):
    """An API Gateway reports an error as 1 and any other request as 0."""

    def report(name, asked, minute):
        assert asked == dimensions
        if name == "Latency":
            return minute.seconds * 1000, minute.served, "Milliseconds"
        share = {"Count": minute.served, failed: minute.failed, refused: minute.refused}[name] / minute.served
        return share, minute.served, "Count"

    return report


BEHIND_IT = f'source = "alb"\nload_balancer = "{BALANCER["LoadBalancer"]}"'
SOURCES = {
    "load balancer": (BEHIND_IT, balancer({})),
    "target group": (f'{BEHIND_IT}\ntarget_group = "{GROUP["TargetGroup"]}"', balancer(GROUP)),
    "REST API": (
        'source = "apigateway"\nrest_api = "junkos"\nstage = "prod"',
        gateway({"ApiName": "junkos", "Stage": "prod"}, "5XXError", "4XXError"),
    ),
    "HTTP API": ('source = "apigateway"\nhttp_api = "a1b2"', gateway({"ApiId": "a1b2"}, "5xx", "4xx")),
}


@pytest.fixture(scope="module", params=SOURCES)
def source(request, tmp_path_factory):
    """The alarms on the API by their names, and what its source reports of a minute."""
    text, report = SOURCES[request.param]
    resources = synthesized_with(tmp_path_factory.mktemp("source"), f"\n[api]\n{text}\n")
    alarms = {
        alarm["AlarmName"].removeprefix("junkos-prod-"): alarm
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if alarm["AlarmName"].startswith("junkos-prod-api-")
    }
    return alarms, report


def firing(source, minute):
    alarms, report = source

    def samples(namespace, name, dimensions):
        assert namespace in ("AWS/ApplicationELB", "AWS/ApiGateway")
        reported = minute and report(name, dimensions, minute)
        if not reported:
            return []
        value, count, unit = reported
        return [Sample.of(start, value, unit, count) for start in MINUTES]

    found = {
        name: evaluate(alarm, NOON, Sources(samples, band=(0, 10 * REQUESTS * 5))).state
        for name, alarm in alarms.items()
    }
    return {name for name, state in found.items() if state == "ALARM"}


@pytest.mark.parametrize("trouble", IN_TROUBLE)
def test_trouble_fires_its_alarms_only(source, trouble):
    """The alarms that fire are those of the trouble."""
    minute, expected = IN_TROUBLE[trouble]
    assert firing(source, minute) == expected


@pytest.mark.parametrize("source", ["load balancer", "target group"], indirect=True)
def test_balancer_without_targets_fails(source):
    """A load balancer without targets is a failing api."""
    assert firing(source, Minute(served=0, without_target=REQUESTS)) >= ERRORS
