"""What the machine of a newcomer may have, and `make run` must not stumble over."""

import io
import os
import pty
import subprocess
import sys
import tarfile
from types import SimpleNamespace
from urllib.request import proxy_bypass

import boto3
import pytest

import demo.__main__ as commands
from demo.console import Console
from demo.foreign_database import check_connection
from emulator import environment
from emulator.account import ROOT
from emulator.errors import EmulatorError
from emulator.stage import Stage
from layers import postgresql


def test_interrupt_during_imports_is_clean(tmp_path):
    """A module that is imported early sends the signal, as Ctrl-C would at that moment."""
    (tmp_path / "psycopg2.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    variables = {"PATH": os.defpath, "PYTHONPATH": f"{tmp_path}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "demo", "run"]
    answer = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=tmp_path, check=False)
    assert (answer.returncode, answer.stderr, answer.stdout) == (130, "\nstopped by SIGINT\n", "")


@pytest.fixture
def caller(monkeypatch):
    """Variables of a shell that is set up for another account and a company's proxy."""
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("NO_PROXY", "intranet.example.com")
    monkeypatch.setenv("no_proxy", "intranet.example.com")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def test_callers_profile_and_proxy_are_ignored(caller):
    """Profile and proxy of the caller are ignored."""
    environment.ignore_caller()
    boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    assert proxy_bypass("127.0.0.1:4566")
    assert proxy_bypass("intranet.example.com")
    assert not proxy_bypass("pypi.org")


def test_every_command_ignores_them(caller, monkeypatch):
    seen = []
    monkeypatch.setattr(commands, "run", lambda: seen.append(dict(os.environ)) or True)
    monkeypatch.setattr(sys, "argv", ["demo", "run"])
    assert commands.main() == 0
    assert "AWS_PROFILE" not in seen[0]
    assert "127.0.0.1" in seen[0]["NO_PROXY"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://me:S3cr3t@127.0.0.1:1/name", "Connection refused"),
        ("postgresql://me:S3cr3t@nowhere.invalid/name", "host name is unknown"),
        ("mysql://me:S3cr3t@127.0.0.1/name", "is no PostgreSQL URL"),
        ("postgresql://me:S3cr3t/x@127.0.0.1/name", "percent-encode"),
    ],
)
def test_bad_url_hides_its_password(url, reason):
    """A bad database url is one line without its password."""
    with pytest.raises(EmulatorError, match=reason) as refusal:
        check_connection(url)
    assert "DATABASE_URL" in str(refusal.value)
    assert "S3cr3t" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_no_color_is_respected_on_a_terminal(no_color, coloured):
    ours, theirs = pty.openpty()
    program = "from demo.console import Console; Console().heading('Deploy')"
    variables = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": no_color}
    subprocess.run([sys.executable, "-c", program], stdout=theirs, env=variables, check=True)
    os.close(theirs)
    assert (b"\033[" in os.read(ours, 1000)) is coloured
    os.close(ours)


def test_unusable_database_starts_nothing(monkeypatch, tmp_path):
    """Nothing is started for a database that cannot be used."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:S3cr3t@127.0.0.1:1/name")
    monkeypatch.setattr(commands, "start_all", lambda *_, **__: pytest.fail("started all the same"))
    with pytest.raises(EmulatorError, match="cannot be used"):
        commands._started(Console(), tmp_path, outlives_parent=False)


def packed(*members):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, target, 1 if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"x"))
    return content.getvalue()


def test_archive_stays_in_its_folder():
    """Only files come out of an archive and none leaves the folder."""
    hostile = packed(
        ("top/bin/psql", tarfile.REGTYPE, ""),
        ("top/bin/link", tarfile.SYMTYPE, "psql"),
        ("top/../../outside", tarfile.REGTYPE, ""),
        ("top/device", tarfile.CHRTYPE, ""),
    )
    assert [(str(file.path), file.content) for file in postgresql._files(hostile, 1)] == [
        ("bin/psql", b"x"),
        ("bin/link", b"x"),
    ]


def test_no_archive_is_unpacked_with_a_filter():
    """`extractall(filter=…)` is from Python 3.11.4, and Debian 12 has 3.11.2."""
    sources = [source for folder in ("demo", "emulator", "layers") for source in (ROOT / folder).rglob("*.py")]
    assert [source for source in sources if ".extractall(" in source.read_text()] == []


def test_missing_answer_shows_newest_error(monkeypatch, tmp_path):
    """What does not come is explained by its writers newest error."""
    trace = "Traceback (most recent call last):\n  File x\nTypeError: extractall() got an unexpected keyword argument"
    monkeypatch.setattr(Stage, "messages", lambda *_: ["START", trace, "REPORT"])
    monkeypatch.setattr(Stage, "_s3", SimpleNamespace(exceptions=SimpleNamespace(NoSuchKey=KeyError)))
    monkeypatch.setattr(Stage, "read", lambda *_: {}["x"])
    account = SimpleNamespace(child=SimpleNamespace(log=tmp_path / "account.log"))
    stage = Stage(account, SimpleNamespace(service="junkos", name="local"))
    with pytest.raises(EmulatorError, match=r"did not come within 0 s: TypeError: extractall\(\) got an unexpected"):
        stage.wait_for("x", 0)
    monkeypatch.setattr(Stage, "messages", lambda *_: ["START"])
    with pytest.raises(EmulatorError, match="restore_verification logged no error"):
        stage.wait_for("x", 0)
