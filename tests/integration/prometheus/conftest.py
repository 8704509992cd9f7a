"""A scraper with a table of DynamoDB's, and backends that the official clients watch."""

import contextlib
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from emulator.account import NODE, ROOT
from lambdas.prometheus_scrape.fetch import Fetching
from lambdas.prometheus_scrape.scrape import scrape
from lambdas.prometheus_scrape.sources import JOB, Source
from lambdas.prometheus_scrape.state import States
from lambdas.shared.clock import Deadline, now
from lambdas.shared.guarded_http.header_values import HeaderValues
from tests.unit.lambdas.prometheus_scrape.situation import metrics_of

HERE = Path(__file__).parent


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        dynamodb.create_table(
            TableName="states",
            KeySchema=[{"AttributeName": JOB, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": JOB, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield dynamodb


@pytest.fixture
def scraped(table, capsys):
    """Scrape one endpoint once; returns the metrics that come of it, and the faults."""

    def scrape_once(url, *series, secrets=None, seconds=30, address="127.0.0.1", **more):
        source = Source("shop", url, series, **{"allow_private": True, **more})
        values = HeaderValues({"secret": (secrets or {}).__getitem__})
        fetching = Fetching(ssl.create_default_context(), values, lambda _: [address])
        memory = States(table, "states")
        (result,) = scrape("test", [source], fetching, memory, slot=now(), deadline=Deadline.within(seconds))
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return metrics_of(lines), list(result.faults)

    return scrape_once


@dataclass
class Backend:
    process: subprocess.Popen
    port: int

    @property
    def url(self):
        return f"http://shop.test:{self.port}"


@dataclass
class NodeBackend(Backend):
    def work(self, *seconds, route="/"):
        for each in seconds:
            address = f"http://127.0.0.1:{self.port}/work?seconds={each}&route={route}"
            urllib.request.urlopen(address, timeout=10).close()


@dataclass
class PythonBackend(Backend):
    def work(self, *seconds):
        for each in seconds:
            self.process.stdin.write(f"{each}\n")
            self.process.stdin.flush()
            assert self.process.stdout.readline() == "done\n"


@contextlib.contextmanager
def node_backend(**variables):
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(ROOT / "node_modules"), **variables}
    with _running([str(NODE / "node"), str(HERE / "shop.cjs")], environment) as (process, port):
        yield NodeBackend(process, port)


@contextlib.contextmanager
def python_backend(**variables):
    with _running([sys.executable, str(HERE / "watched.py")], {**os.environ, **variables}) as (process, port):
        yield PythonBackend(process, port)


@contextlib.contextmanager
def _running(command, environment):
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, json.loads(process.stdout.readline())["port"]
        finally:
            process.kill()
