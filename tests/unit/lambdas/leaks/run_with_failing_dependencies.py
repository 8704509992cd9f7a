"""Runs one function while every call that it makes fails with secrets in the message; prints all its output.

Usage: `python run_with_failing_dependencies.py <folder> <file with the failure's text> <file with the events>`.  The
output for each event follows a line `EVENT <name>`.
"""

import importlib
import json
import os
import socket
import sys
import tempfile
import traceback
import urllib.request
from dataclasses import asdict, fields, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import get_type_hints

import botocore.client
import psycopg2
from botocore.exceptions import ClientError

from lambdas.deployment_record.settings import DeployedBy, Target
from lambdas.error_budget.objective import Objective, Promise, Series
from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_releases.settings import ProjectToken
from lambdas.incident.chat import ChatTarget
from lambdas.notify.channel import Channel, Store
from lambdas.prometheus_scrape.sources import Kind, Source
from lambdas.prometheus_scrape.sources import Series as ScrapedSeries
from lambdas.test_alert.recipients import Recipients
from lambdas.vocabulary.backups import Acceptance
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import STEPS, Person, Rota
from layers.build import import_path

VALUES = {str: "x", int: "1", float: "1", bool: "false", timedelta: "60", tuple[str, ...]: "[]"}
CHANNEL = Channel("chat", "slack_webhook", tuple(Level), Store.SECRET, "webhook")
OBJECTIVE = Objective(Promise.AVAILABILITY, "api", 99.9, events=(Series("JunkOS", "requests", (), "Sum"),))
ROTA = Rota("Europe/Berlin", 0, "09:00", date(2025, 11, 3), ("ana", "ben"))
SOURCE = Source("api", "https://api.example/metrics", (ScrapedSeries("lag_seconds", Kind.GAUGE),))
GIVEN = {
    "rota": ROTA.to_json(),
    "people": json.dumps([Person(name, by_mail=True).to_json() for name in ROTA.people]),
    "steps": json.dumps([step.to_json() for step in STEPS]),
    "chat": ChatTarget(Store.SECRET, "webhook").to_json(),
    "pagerduty": json.dumps([CHANNEL.to_json()]),
    "morning": "08:00",
    "quiet_hours": "22:00-07:00",
    "timezone": ROTA.timezone,
    "accepted": json.dumps([asdict(Acceptance("extension postgis", "2027-03-31", "by hand"))]),
    "sources": json.dumps(encode((SOURCE, replace(SOURCE, headers={"Authorization": {"secret": "token"}})))),
    "projects": json.dumps([ProjectKeys(1, "api", ("a" * 32,), 50).to_json()]),
    "tokens": json.dumps([ProjectToken("api", "parameter", "errors-token").to_json()]),
    "targets": json.dumps([Target(DeployedBy.CLOUDFORMATION, "shop", "api").to_json()]),
    "front_url": "https://front.example",
    "key": "a" * 32,
    "database_minimum_tls": "verify-full",
    "bucket": "bucket",
    "database_host": "db.example",
    "checks": json.dumps(["junkos-prod-database-check"]),
    "channels": json.dumps([CHANNEL.to_json()]),
    "objectives": json.dumps([OBJECTIVE.to_json()]),
    "recipients": json.dumps([Recipients(level, ("chat",), email=1, sms=0, https=0).to_json() for level in Level]),
    "hosts": json.dumps(["api.example"]),
    "routes": json.dumps([{"url": "https://api.example/orders", "weight": 1}]),
    "requests": json.dumps(encode(OBJECTIVE.events)),
    "waivers": json.dumps([{"check": "guardduty", "until": "2027-03-31", "owner": "ana", "reason": "by hand"}]),
    "attestations": json.dumps([{"check": "post-mortems-held", "until": "2027-03-31", "by": "ben", "note": ""}]),
    "topics": json.dumps(["arn:aws:sns:us-east-1:111122223333:junkos-prod-alerts-critical"]),
}
LEFT_OUT = {"database_url_secret"}  # the way by a host and a token is the one with more to fail


def variables(settings):
    hints = get_type_hints(settings)
    bare = {
        name: next((it for it in getattr(hint, "__args__", ()) if it in VALUES), hint) for name, hint in hints.items()
    }
    kinds = {name: hint if hint in VALUES else bare[name] for name, hint in hints.items()}
    names = {field.name for field in fields(settings)} - LEFT_OUT
    if "view_function" in names:
        GIVEN["projects"] = json.dumps(["api"])  # by their names alone
    return {name.upper(): GIVEN[name] if name in GIVEN else VALUES[kinds[name]] for name in names}


def fail_everywhere(text):
    def of_aws(_client, operation, _parameters):
        raise ClientError({"Error": {"Code": "InternalError", "Message": text}}, operation)

    def of_postgres(*_arguments, **_options):
        raise psycopg2.OperationalError(text)

    def of_the_network(*_arguments, **_options):
        raise OSError(5, text)

    def of_cloudformation(request, **_options):
        print("ANSWER", request.data.decode())
        raise OSError(5, text)

    botocore.client.BaseClient._make_api_call = of_aws
    psycopg2.connect = of_postgres
    socket.getaddrinfo = socket.socket.connect = of_the_network
    urllib.request.urlopen = of_cloudformation


def write_endpoints():
    """The package of endpoints that the probing function and the status page are deployed with."""
    package = Path(tempfile.mkdtemp()) / "monitored_endpoints"
    package.mkdir()
    header = {"Authorization": {"secret": "probe-token"}}
    (package / "__init__.py").touch()
    (package / "endpoints.json").write_text(
        json.dumps(
            [{"name": "api", "url": "https://api.example/health", "headers": header, "timeout_s": 2, "slow_s": 1}]
        )
    )
    sys.path.append(str(package.parent))


def main(folder, text, events):
    for layer in ("postgres_client", "postgresql_tools", "postgresql_servers"):
        sys.path.append(str(import_path(layer)))
    write_endpoints()
    settings = importlib.import_module(f"lambdas.{folder}.settings").Settings
    os.environ |= variables(settings) | {"AWS_LAMBDA_FUNCTION_NAME": folder, "POWERTOOLS_LOG_LEVEL": "DEBUG"}
    fail_everywhere(text)
    handler = importlib.import_module(f"lambdas.{folder}.handler").handler
    context = SimpleNamespace(
        function_name=folder,
        memory_limit_in_mb=128,
        invoked_function_arn=f"arn:aws:lambda:us-east-1:111122223333:function:{folder}",
        aws_request_id="8e5f7f6c-0000-4000-8000-000000000000",
        get_remaining_time_in_millis=lambda: 20_000,
    )
    for name, event in events.items():
        print("EVENT", name)
        try:
            print("RETURNED", json.dumps(handler(event, context), default=str))
        except Exception as error:  # noqa: BLE001  (as Lambda's runtime does)
            frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
            print("RAISED", type(error).__name__, str(error), *frames)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).read_text(), json.loads(Path(sys.argv[3]).read_text()))
