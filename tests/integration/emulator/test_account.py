"""The account as a whole: how it is reached, what it listens on, what it keeps to itself."""

import functools
import re
import socket
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from emulator import account
from emulator.account import ACCOUNT_ID, REGION
from tests.integration.emulator.conftest import ROLE, Function, archive

SHOW_ENVIRONMENT = "import os\ndef handler(event, context):\n    return dict(os.environ)"


def test_callers_are_the_accounts_root_user(client):
    assert client("sts").get_caller_identity()["Account"] == ACCOUNT_ID


def test_listens_on_one_loopback_port(running):
    """It listens on one port of the loopback interface only."""
    inodes = {
        link.readlink().name
        for link in Path(f"/proc/{running.child.process.pid}/fd").iterdir()
        if link.is_symlink() and str(link.readlink()).startswith("socket:")
    }
    numbers = {re.search(r"\d+", inode).group() for inode in inodes}
    assert listening(numbers) == [("0100007F", f"{running.port:04X}")]


def listening(inodes):
    lines = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return [tuple(line[1].split(":")) for line in lines if line[3] == "0A" and line[9] in inodes]


def test_idle_connection_stays_open(running):
    """A connection stays open while nothing is asked."""
    connection = HTTPConnection(urlsplit(running.endpoint_url).netloc, timeout=60)
    connection.auto_open = False  # else it would connect again unseen
    connection.connect()
    for pause in (6, 0):
        connection.request("GET", "/")
        connection.getresponse().read()
        time.sleep(pause)


def test_callers_variables_stay_outside(monkeypatch, tmp_path):
    """No variable of the caller reaches the account or its functions."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@example.org/db")
    with account.running(tmp_path) as running:
        variables = Path(f"/proc/{running.child.process.pid}/environ").read_text()
    assert "DATABASE_URL" not in variables
    assert "secret" not in variables


def test_functions_see_what_lambda_gives_them(function):
    seen, _ = function(SHOW_ENVIRONMENT, Environment={"Variables": {"OWN": "value"}}).invoke()
    assert seen["OWN"] == "value"
    assert seen["AWS_REGION"] == REGION
    assert not [name for name in seen if name.startswith(("MINISTACK_", "GATEWAY_", "IOT_"))]


def test_everything_it_writes_lies_in_its_directory(running, function):
    source = "import tempfile\ndef handler(event, context):\n    return tempfile.gettempdir()"
    temporary, _ = function(source).invoke()
    directory = running.child.log.parent.parent
    assert Path(temporary).is_relative_to(directory)
    opened = [link.resolve() for link in Path(f"/proc/{running.child.process.pid}/fd").iterdir()]
    files = [path for path in opened if path.is_file()]
    assert [path for path in files if not path.is_relative_to(directory)] == []


def test_stop_leaves_no_port_or_function(tmp_path):
    """A stopped account leaves no port and no function behind."""
    with account.running(tmp_path) as running:
        pid = running.child.process.pid
    assert not Path(f"/proc/{pid}").exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0


def test_permissions_count_once_they_are_enforced(tmp_path, client_of):
    with account.running(tmp_path) as running:
        iam, s3 = client_of(running, "iam"), client_of(running, "s3")
        s3.create_bucket(Bucket="guarded")
        iam.create_user(UserName="nobody")
        key = iam.create_access_key(UserName="nobody")["AccessKey"]
        stranger = client_of(running, "s3", key["AccessKeyId"], key["SecretAccessKey"])
        running.enforce_iam()
        with pytest.raises(ClientError, match="AccessDenied"):
            stranger.put_object(Bucket="guarded", Key="key", Body=b"")
        s3.put_object(Bucket="guarded", Key="key", Body=b"")


def test_running_function_becomes_subject_to_role(tmp_path, client_of):
    """A function that ran before is held to its role from then on."""
    source = "import boto3\ndef handler(event, context): return len(boto3.client('s3').list_buckets()['Buckets'])"
    with account.running(tmp_path) as running:
        client_of(running, "lambda").create_function(
            FunctionName="warm",
            Runtime="python3.13",
            Role=ROLE,
            Handler="code.handler",
            Code={"ZipFile": archive({"code.py": (source, 0o644)})},
        )
        warm = Function(functools.partial(client_of, running), "warm")
        assert warm.invoke() == (0, False)
        running.enforce_iam()
        answer, failed = warm.invoke()
        assert failed
        assert "AccessDenied" in answer["errorMessage"]
