"""Two services in one account, under the same name of environment: neither holds a word of the other."""

import json
import re
from contextlib import closing
from dataclasses import asdict, dataclass

import psycopg2
import pytest

from demo.inboxes.running import RunningInboxes
from demo.story.findings import TITLE, finding
from emulator import postgres, process
from emulator.alarm_clock import AlarmClock
from emulator.cdk import Cdk
from emulator.stage import Stage
from lambdas.vocabulary.backups import VERIFICATION, Verdict, Verification
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Sent
from lambdas.vocabulary.names import physical_name
from stacks.settings import load
from tests.e2e.prod import TABLES
from tests.integration.emulator.waiting import until

PATIENCE = 180
SERVICES = {"junkos": "acme", "acme": "junkos"}
"""Each with the other."""
JOBS = ("health_check", "database_check", "recovery_check", "error_budget", "status_page")
FUNCTIONS = (*JOBS, "database_backup", "restore_verification", "security_finding", "test_alert", "notify")


@dataclass(frozen=True)
class Deployed:
    stage: Stage
    inboxes: RunningInboxes

    @property
    def prefix(self):
        return physical_name(self.stage.environment, "")

    def client(self, service):
        return self.stage.client(service)

    def stacks(self):
        found = self.client("cloudformation").describe_stacks()["Stacks"]
        return [stack for stack in found if stack["StackName"].startswith(self.prefix)]

    def resources(self):
        formation = self.client("cloudformation")
        return [
            [one["ResourceType"], one["PhysicalResourceId"]]
            for stack in self.stacks()
            for one in formation.describe_stack_resources(StackName=stack["StackName"])["StackResources"]
        ]

    def functions(self):
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        found = [one for page in pages for one in page["Functions"]]
        return [one for one in found if one["FunctionName"].startswith(self.prefix)]

    def alarms(self):
        pages = self.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=self.prefix)
        return [[page.get("MetricAlarms"), page.get("CompositeAlarms")] for page in pages]

    def dashboard(self):
        return self.client("cloudwatch").get_dashboard(DashboardName=f"{self.prefix}overview")["DashboardBody"]

    def templates(self):
        """Of all stacks: also what the account keeps elsewhere, such as saved queries, rules and topics' titles."""
        formation = self.client("cloudformation")
        return [formation.get_template(StackName=stack["StackName"])["TemplateBody"] for stack in self.stacks()]

    def page(self):
        return {name: content.decode(errors="replace") for name, content in self.stage.public_files().items()}

    def logs(self):
        return {folder: self.stage.messages(folder) for folder in FUNCTIONS}

    def messages(self):
        """Those of its own test alert: the text messages, mails and calls of channels, whole."""
        return [asdict(it) for it in self.inboxes.received() if sender_of(self.stage.environment.service) in whole(it)]

    def every_kind_of_run(self):
        """Invoke each kind of function once; what answers nobody is waited for in its log."""
        answer = self.stage.invoke("database_backup", requested_by="operator", reason="test")
        written = self.stage.wait_for(answer["backup"] + VERIFICATION, PATIENCE)
        assert Verification.from_json(written).verdict is Verdict.PROVEN
        for folder in JOBS:
            self.stage.invoke(folder)
        self.stage.invoke("test_alert", level=Level.HIGH, requested_by=sender_of(self.stage.environment.service))
        until(lambda: {"mail", "slack", "webhook"} <= {it["inbox"] for it in self.messages()}, seconds=120)


def whole(arrival):
    return json.dumps(asdict(arrival), ensure_ascii=False, default=str)


def sender_of(service):
    return f"{service}-tester"


@pytest.fixture(scope="module")
def acme(started, tmp_path_factory):
    """The same environment of another service, with a database server of its own."""
    directory = tmp_path_factory.mktemp("acme")
    try:
        server = postgres.start(directory / "postgresql")
        with closing(psycopg2.connect(server.url())) as session:
            session.autocommit = True
            session.cursor().execute("CREATE DATABASE acme")
        with closing(psycopg2.connect(server.url("acme"))) as session, session, session.cursor() as cursor:
            cursor.execute(TABLES.replace("junkos", "acme"))
        folder = environments(started, directory)
        vault, stage = started.stage.client("secretsmanager"), Stage(started.stage.account, load("local", folder))
        for secret in vault.list_secrets()["SecretList"]:
            if (name := secret["Name"]).startswith("junkos/"):
                value = vault.get_secret_value(SecretId=name)["SecretString"]
                value = server.url("acme") if name.endswith("database-url") else value
                vault.create_secret(Name=name.replace("junkos", "acme"), SecretString=value)
        cdk = Cdk(started.stage.account.client_environment(), directory, report=lambda _: None)
        cdk.synthesize("local", folder)
        cdk.deploy()
        stage.account.pause_schedules()
        yield Deployed(stage, started.inboxes)
    finally:
        process.stop_recorded(directory)


def environments(started, directory):
    """A folder with the first service's file, every word in it of the second."""
    deployed = started.backend.directory / "environments" / "local.toml"
    text = deployed.read_text().replace("junkos", "acme").replace("JunkOS", "Acme")
    folder = directory / "environments"
    folder.mkdir()
    (folder / "local.toml").write_text(f'service = "acme"\n{text}')
    return folder


@pytest.fixture(scope="module")
def both(started, acme):
    """Both, after one run of each kind, and one event that both receive."""
    AlarmClock(started.stage.account).pause()
    deployed = {"junkos": Deployed(started.stage, started.inboxes), "acme": acme}
    for one in deployed.values():
        one.every_kind_of_run()
    event = json.loads(json.dumps(finding(acme.stage, 1)).replace("acme", "orders"))
    started.stage.account.send_as_service("aws.guardduty", "GuardDuty Finding", event)
    for one in deployed.values():
        until(lambda one=one: one.stage.logged("security_finding", TITLE))
    return deployed


@pytest.mark.parametrize("kind", ["stacks", "resources", "functions", "alarms", "dashboard", "templates", "page"])
@pytest.mark.parametrize("service", SERVICES)
def test_deployment_names_no_other_service(both, service, kind):
    """What is deployed and shown has no word of the other."""
    words = json.dumps(getattr(both[service], kind)(), ensure_ascii=False, default=str)
    assert re.search(service, words, re.IGNORECASE)
    assert not around(SERVICES[service], words)


@pytest.mark.parametrize("service", SERVICES)
def test_messages_have_no_word_of_the_other(both, service):
    messages = both[service].messages()
    assert {"mail", "slack", "webhook"} <= {it["inbox"] for it in messages}
    assert not around(SERVICES[service], json.dumps(messages, ensure_ascii=False, default=str))


@pytest.mark.parametrize("folder", FUNCTIONS)
@pytest.mark.parametrize("service", SERVICES)
def test_logs_have_no_word_of_the_other(both, service, folder):
    lines = both[service].logs()[folder]
    assert lines
    assert not around(SERVICES[service], "\n".join(lines))


def test_metrics_stay_in_own_namespaces(both):
    """Metrics of both have the same names in namespaces of their own."""
    names = {}
    for service, one in both.items():
        pages = one.client("cloudwatch").get_paginator("list_metrics")
        found = pages.paginate(Namespace=one.stage.environment.names.namespace)
        names[service] = {metric["MetricName"] for page in found for metric in page["Metrics"]}
    assert names["acme"] >= {"backup_age", "up", "database_reachable"}
    in_trouble = {metric for metric in Metric if metric.sent is Sent.IN_TROUBLE}  # one of the two may have had some
    assert names["acme"] - in_trouble <= names["junkos"]


def around(word, text):
    """Each place of a word, with what stands around it."""
    return re.findall(rf".{{0,80}}{word}.{{0,80}}", text, re.IGNORECASE)[:5]
