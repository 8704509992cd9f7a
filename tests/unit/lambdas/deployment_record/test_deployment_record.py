from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from moto import mock_aws

from lambdas.deployment_record import version
from lambdas.deployment_record.finished import Finished, finished_deployment
from lambdas.deployment_record.record import record
from lambdas.deployment_record.settings import DeployedBy, Settings, Target
from tests.producers import emitted
from tests.releases import Clock, error_table
from tests.unit.lambdas.deployment_record.events import CLOUDFORMATION, CODEDEPLOY, ECS, STACK, with_detail

TARGETS = (
    Target(DeployedBy.CLOUDFORMATION, "teststack", "api"),
    Target(DeployedBy.CODEDEPLOY, "myApplication", "api"),
    Target(DeployedBy.ECS, "default/servicetest", "api"),
    Target(DeployedBy.ECS, "default/servicetest", "web"),
)
SETTINGS = Settings("production", "errors", "release", tuple(target.to_json() for target in TARGETS))
DEFINITION = "arn:aws:ecs:us-west-2:111122223333:task-definition/api"


class Aws:
    """What AWS says of the deployments; `asked` are the calls that were made."""

    def __init__(self):
        self.asked = []
        self.tags = [{"Key": "team", "Value": "a"}, {"Key": "Release", "Value": "1.2.3"}]
        self.description, self.image, self.task_tags = "release: 1.2.3", "shop/api:1.2.3", []

    def __call__(self, _service):
        return SimpleNamespace(
            describe_stacks=lambda **asked: self._said(asked, {"Stacks": [{"Tags": self.tags}]}),
            get_deployment=lambda **asked: self._said(asked, {"deploymentInfo": {"description": self.description}}),
            describe_services=lambda **asked: self._said(asked, {"services": [self._service()]}),
            describe_task_definition=lambda **asked: self._said(
                asked, {"taskDefinition": {"containerDefinitions": [{"image": self.image}]}, "tags": self.task_tags}
            ),
        )

    def _service(self):
        deployments = [{"id": f"ecs-svc/{number}", "taskDefinition": f"{DEFINITION}:{number}"} for number in (124, 123)]
        return {"taskDefinition": f"{DEFINITION}:124", "deployments": deployments}

    def _said(self, asked, answer):
        self.asked.append(asked)
        return answer


@pytest.fixture
def aws():
    return Aws()


@pytest.fixture
def table():
    with mock_aws():
        yield error_table(Clock())


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            CLOUDFORMATION,
            Finished(DeployedBy.CLOUDFORMATION, "teststack", STACK, datetime(2017, 12, 22, 18, 43, 48, tzinfo=UTC)),
        ),
        (
            CODEDEPLOY,
            Finished(
                DeployedBy.CODEDEPLOY, "myApplication", "d-123456789", datetime(2016, 6, 30, 22, 6, 31, tzinfo=UTC)
            ),
        ),
        (
            ECS,
            Finished(
                DeployedBy.ECS, "default/servicetest", "ecs-svc/123", datetime(2020, 5, 23, 12, 31, 14, tzinfo=UTC)
            ),
        ),
    ],
)
def test_finished_deployment_is_recognised(event, expected):
    assert finished_deployment(event) == expected


@pytest.mark.parametrize(
    "event",
    [
        *(
            with_detail(CLOUDFORMATION, **{"status-details": {"status": status}})
            for status in ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_COMPLETE")
        ),
        *(with_detail(CODEDEPLOY, state=state) for state in ("START", "READY", "FAILURE", "STOP")),
        *(with_detail(ECS, eventName=f"SERVICE_DEPLOYMENT_{name}") for name in ("IN_PROGRESS", "FAILED")),
        {"source": "aws.ec2", "time": "2020-05-23T12:31:14Z", "detail": {}},
        {"source": "aws.ecs", "time": "2020-05-23T12:31:14Z", "detail": None},
    ],
)
def test_other_events_are_none(event):
    assert finished_deployment(event) is None


def test_service_without_cluster_in_arn():
    """Accounts with the short form of ARNs."""
    short = {**ECS, "resources": ["arn:aws:ecs:us-west-2:111122223333:service/servicetest"]}
    assert finished_deployment(short).name == "default/servicetest"


@pytest.mark.parametrize("event", [CLOUDFORMATION, CODEDEPLOY, ECS])
def test_deployment_is_recorded(event, aws, table):
    recorded = record(event, SETTINGS, table, aws)["recorded"]
    assert set(recorded) == {"1.2.3"}
    (deployment,) = table.release("api", "1.2.3").deployments
    assert deployment.environment == "production"
    assert deployment.at == datetime.fromisoformat(event["time"])


def test_recorded_deployment_is_a_mark(aws, table):
    """One for all projects that it belongs to."""
    (mark,) = emitted(lambda: record(ECS, SETTINGS, table, aws))
    assert (mark.metric, mark.dimensions, mark.value) == ("deployments", (("environment", "production"),), 1)


def test_unrecorded_deployment_is_no_mark(aws, table):
    aws.tags = [{"Key": "release", "Value": "feature/x"}]
    assert emitted(lambda: record(CLOUDFORMATION, SETTINGS, table, aws)) == []


def test_doubled_event_counts_once(aws, table):
    """EventBridge delivers at least once."""
    for _ in range(2):
        record(ECS, SETTINGS, table, aws)
    assert len(table.release("api", "1.2.3").deployments) == 1
    assert len(table.release("web", "1.2.3").deployments) == 1


def test_deployments_own_definition_is_read(aws, table):
    """The service may be at the next one already."""
    record(ECS, SETTINGS, table, aws)
    assert aws.asked[0] == {"cluster": "default", "services": ["servicetest"]}
    assert aws.asked[1]["taskDefinition"] == f"{DEFINITION}:123"


def test_other_stacks_are_not_asked_about(aws, table):
    other = with_detail(CLOUDFORMATION, **{"stack-id": STACK.replace("teststack", "other")})
    assert record(other, SETTINGS, table, aws) == {"recorded": []}
    assert aws.asked == []


def test_deployment_without_release_is_logged(aws, table, caplog):
    aws.tags = []
    assert record(CLOUDFORMATION, SETTINGS, table, aws) == {"recorded": []}
    assert "deployment names no release" in caplog.text


def test_bad_version_is_logged(aws, table, caplog):
    aws.tags = [{"Key": "release", "Value": "feature/x"}]
    assert record(CLOUDFORMATION, SETTINGS, table, aws) == {"recorded": []}
    assert "deployment has a bad version" in caplog.text


@pytest.mark.parametrize(
    ("description", "revision", "expected"),
    [
        ("release 1.2.3", {}, "1.2.3"),
        ("Deploy of Release=api@1.2.3, by anna", {}, "api@1.2.3"),
        ("by anna", {"revision": {"gitHubLocation": {"commitId": "103ba6a"}}}, "103ba6a"),
        (None, {"revision": {"s3Location": {"key": "api.zip"}}}, None),
        ("prerelease 1", {}, None),
    ],
)
def test_version_of_codedeploy(description, revision, expected):
    assert version.in_codedeploy({"description": description, **revision}) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("shop/api:1.2.3", "1.2.3"),
        ("registry:5000/shop/api:1.2.3", "1.2.3"),
        ("registry:5000/shop/api", None),
        ("shop/api:1.2.3@sha256:0123", "1.2.3"),
        ("shop/api@sha256:0123", None),
        ("shop/api:latest", None),
        ("shop/api", None),
    ],
)
def test_version_of_image(image, expected):
    assert version.in_task_definition({"containerDefinitions": [{"image": image}]}, [], "release") == expected


def test_tag_comes_before_the_image():
    containers = {"containerDefinitions": [{"image": "proxy:9", "essential": False}, {"image": "api:1"}]}
    assert version.in_task_definition(containers, [], "release") == "1"
    assert version.in_task_definition(containers, [{"key": "release", "value": "2"}], "release") == "2"
    assert version.in_task_definition({"containerDefinitions": []}, [], "release") is None
