"""A real server with TLS, and an account of moto's with a proven backup in it."""

import asyncio
import contextlib
import hashlib
import json
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from moto import mock_aws

from lambdas.load_test import drive, judge
from lambdas.load_test.request import request_from
from lambdas.load_test.run_load_test import Account, LoadTest
from lambdas.load_test.settings import Route, Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline, now
from lambdas.shared.guarded_http.certificates import client_context
from lambdas.shared.service import Here
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION
from tests.backups import Backups
from tests.integration.probing.certificates import NAME, Authority
from tests.integration.probing.conftest import lookup
from tests.integration.probing.test_nginx import free_port, wait_for
from tests.programs import NGINX

REPORTS, BACKUPS, DATABASE = "reports", "backups", "orders"
HERE = Here("prod", "junkos")

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  log_format marked '$uri|$http_user_agent|$http_x_load_test|$request_method'; access_log {folder}/access.log marked;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; keepalive_requests 100000;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.pem;
    location /orders {{ return 200 '{{"orders": []}}'; }}
    location /products {{ return 200 '{{"products": []}}'; }}
    location /moved {{ return 302 https://elsewhere.test/; }}
    location /closing {{ keepalive_timeout 0; return 200 '{{}}'; }}
  }}
}}
"""


@pytest.fixture(autouse=True)
def busy_machine(monkeypatch):
    """Whose hiccups must neither make a test inconclusive nor look like a rise of the latency."""
    monkeypatch.setattr(drive, "LATE", 5)
    monkeypatch.setattr(judge, "LEAST_RISE", 4000)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@dataclass(frozen=True)
class Nginx:
    port: int
    folder: object

    def url(self, path):
        return f"https://{NAME}:{self.port}{path}"

    def asked(self):
        """How often each line of its log stands there."""
        return Counter((self.folder / "access.log").read_text().splitlines())


@pytest.fixture
def nginx(authority, tmp_path):
    (tmp_path / "server.pem").write_bytes(authority.pem_of(NAME))
    port = free_port()
    (tmp_path / "nginx.conf").write_text(CONFIGURATION.format(folder=tmp_path, port=port))
    command = [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            wait_for(port, process)
            yield Nginx(port, tmp_path)
        finally:
            process.terminate()


@dataclass
class Api:
    """Answers with `status` after `seconds`, or not before `frozen` is over."""

    port: int = 0
    status: int = 200
    seconds: float = 0.0
    asked: int = 0
    thawed: asyncio.Event = field(default_factory=asyncio.Event)
    meanwhile: Callable[[], object] | None = None
    """Done with the fifth request: the load is on then, however slow the machine is."""

    def url(self, path="/orders"):
        return f"https://{NAME}:{self.port}{path}"

    async def answer(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked += 1
                if self.meanwhile and self.asked == 5:
                    threading.Thread(target=self.meanwhile).start()
                await self.thawed.wait()
                await asyncio.sleep(self.seconds)
                writer.write(f"HTTP/1.1 {self.status} Any\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        writer.close()


@pytest.fixture
def api(authority):
    """A server whose answers a test changes while it runs."""
    loop, served = asyncio.new_event_loop(), Api()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def listen():
        served.thawed.set()
        return await asyncio.start_server(served.answer, "127.0.0.1", 0, ssl=authority.server())

    async def stop():
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    served.port, served.loop = server.sockets[0].getsockname()[1], loop
    try:
        yield served
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class World:
    """The account, and load tests on it."""

    def __init__(self, authority):
        self.cloudwatch, self.s3 = aws.client("cloudwatch"), aws.client("s3")
        for bucket in (REPORTS, BACKUPS):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        self.prove_backup()
        self.account = Account(HERE, self.cloudwatch, self.s3, client_context(authority.pem), lookup)
        self.settings = Settings(
            environment="prod",
            hosts=(NAME,),
            routes=(),
            allow_private=True,
            mark="1",
            step=timedelta(seconds=1),
            timeout=timedelta(seconds=5),
            max_requests=10_000,
            max_error_percent=1,
            max_p95_ms=4000,  # a busy machine must not make a fast answer slow
            requests=(),
            requests_count=True,
            reports=REPORTS,
            backups=BACKUPS,
            database=DATABASE,
            proven_within=timedelta(hours=26),
        )

    def prove_backup(self, age=timedelta(hours=1)):
        backups = Backups(DATABASE, now() - age)
        manifest = backups.manifest.to_json()
        proof = replace(backups.verification(""), manifest_sha256=hashlib.sha256(manifest).hexdigest())
        prefix = backups.manifest.backup
        self.s3.put_object(Bucket=BACKUPS, Key=prefix + MANIFEST, Body=manifest)
        self.s3.put_object(Bucket=BACKUPS, Key=prefix + VERIFICATION, Body=proof.to_json())

    def raise_alarm(self, name="endpoint-api-down", level="critical"):
        self.cloudwatch.put_metric_alarm(
            AlarmName=f"junkos-prod-{name}",
            AlarmDescription=AlarmDescription(level, "It is broken.").to_text(),
            MetricName="x",
            Namespace="x",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        self.cloudwatch.set_alarm_state(AlarmName=f"junkos-prod-{name}", StateValue="ALARM", StateReason="test")

    def run(self, *urls, per_minute=1200, seconds=600, cloudwatch=None, **settings):
        """A load test of the URLs; the report, or RefusedError."""
        routes = tuple(url if isinstance(url, Route) else Route(url) for url in urls)
        account = replace(self.account, cloudwatch=cloudwatch or self.cloudwatch)
        test = LoadTest(replace(self.settings, routes=routes, **settings), account, Deadline.within(seconds))
        return test.run(request_from({"busiest_per_minute": per_minute, "requested_by": "ana"}, "one"))

    def kept(self):
        keys = [each["Key"] for each in self.s3.list_objects_v2(Bucket=REPORTS).get("Contents", ())]
        return {key: self.s3.get_object(Bucket=REPORTS, Key=key)["Body"].read() for key in keys}

    def run_record(self):
        return json.loads(self.kept()["load-test/run.json"])


@pytest.fixture
def world(authority):
    with mock_aws():
        yield World(authority)
