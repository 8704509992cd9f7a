import zipfile
from contextlib import closing

import boto3
import psycopg2
import pytest

from emulator import account, postgres
from emulator.account import ROOT
from layers.build import build
from layers.target import this_machine
from tests.integration.large_run.instance import ASSETS, BUCKET, Assets, Instances

LAYERS = ("observability", "postgres_client", "postgresql_tools", "postgresql_servers", "sdk")
PROBE = '''
"""A function whose work is what the event says."""
import os, signal, subprocess, sys, time

def handler(event, context):
    print("the probe begins")
    match event["do"]:
        case "answer":
            return {"event": event, "context": seen(context), "variables": dict(os.environ), "user": os.getuid()}
        case "raise":
            raise ValueError(event["text"])
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "leave":
            sys.exit(0)
        case "talk":
            for number in range(event["lines"]):
                print("x" * 99)
            return {}
        case "linger":
            subprocess.Popen(["sleep", "4321"], start_new_session=True)
            time.sleep(4321)

def seen(context):
    names = ("function_name", "aws_request_id", "invoked_function_arn", "memory_limit_in_mb", "log_stream_name")
    return {**{name: getattr(context, name) for name in names}, "left": context.get_remaining_time_in_millis()}
'''


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    with account.running(tmp_path_factory.mktemp("account")) as running:
        yield running.endpoint_url


@pytest.fixture(scope="session")
def s3(endpoint):
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    for name in (BUCKET, ASSETS):
        client.create_bucket(Bucket=name)
    return client


@pytest.fixture(scope="session")
def assets(s3, tmp_path_factory):
    """Code, with a function for tests among it, and layers, zipped as the CDK does it."""
    folder, here = tmp_path_factory.mktemp("zipped"), this_machine()
    trees = {"code": ROOT, **{name: build(name, here.architecture, here.python_version) for name in LAYERS}}
    for name, tree in trees.items():
        with zipfile.ZipFile(folder / name, "w") as archive:
            for path in (tree / "lambdas" if name == "code" else tree).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(tree))
            if name == "code":
                archive.writestr("lambdas/probe/__init__.py", "")
                archive.writestr("lambdas/probe/handler.py", PROBE)
        s3.upload_file(str(folder / name), ASSETS, f"{name}.zip")
    urls = [f"s3://{ASSETS}/{name}.zip" for name in trees]
    return Assets(urls[0], tuple(urls[1:]))


@pytest.fixture
def instances(endpoint, s3, assets, tmp_path):
    with closing(Instances(endpoint, s3, assets, tmp_path)) as found:
        yield found


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("source") / "data") as server:
        yield server


@pytest.fixture
def database(source, request):
    """A database of the test's own, of some thousand rows; its URL."""
    name = request.node.name[:40]
    with closing(psycopg2.connect(source.url())) as session:
        session.autocommit = True
        session.cursor().execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with closing(psycopg2.connect(source.url(name))) as session, session:
        session.cursor().execute("CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 5000) AS n")
    return source.url(name)
