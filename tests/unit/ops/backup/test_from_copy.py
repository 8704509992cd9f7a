"""`--from-copy` with the first region gone: whatever is asked there fails, and the commands do their work."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.vocabulary.backups import MANIFEST, VERIFICATION
from ops.backup import listing
from ops.command import main
from ops.errors import ExitCode
from ops.subjects import backup as backup_commands
from stacks.settings import load
from tests.backups import Backups

HOME, THERE = "us-east-1", "eu-central-1"
TAKEN = datetime(2026, 11, 24, 2, tzinfo=UTC)
BACKUPS = Backups("junkos", TAKEN)
PREFIX = BACKUPS.manifest.backup
FILE = """
name = "tried"
region = "us-east-1"
owner = "team"
[alerts]
email = ["a@example.com"]
[database]
mode = "external"
name = "junkos"
url_secret = "junkos/url"
"""


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Writes the environment's file, which the commands read."""

    def write(text=""):
        (tmp_path / "tried.toml").write_text(FILE + text)
        monkeypatch.setenv("ENVIRONMENTS", str(tmp_path))
        return load("tried", tmp_path)

    return write


@pytest.fixture
def copied(environment, monkeypatch):
    """A proven backup in the bucket of copies; returns the regions that are asked, which the first must not be."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", HOME)
    monkeypatch.setattr(listing, "now", lambda: TAKEN + timedelta(hours=6))
    environment(f'[backups]\ncopy_region = "{THERE}"\n')
    asked, client = [], boto3.Session.client

    def recorded(session, *arguments, **keywords):
        made = client(session, *arguments, **keywords)
        asked.append(made.meta.region_name)
        assert HOME not in made.meta.endpoint_url, f"{made.meta.endpoint_url} is in the region that is gone"
        return made

    with mock_aws():
        s3 = boto3.client("s3", region_name=THERE)
        bucket = f"junkos-tried-copies-123456789012-{THERE}"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": THERE})
        manifest = BACKUPS.manifest.to_json()
        proof = replace(BACKUPS.verification(PREFIX), manifest_sha256=sha256(manifest).hexdigest())
        s3.put_object(Bucket=bucket, Key=PREFIX + MANIFEST, Body=manifest)
        s3.put_object(Bucket=bucket, Key=PREFIX + VERIFICATION, Body=proof.to_json())
        monkeypatch.setattr(boto3.Session, "client", recorded)
        yield asked


def test_list_and_show_ask_the_second_region_alone(copied, capsys):
    assert main(["tried", "backup", "list", "--from-copy", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["backups"][0]["backup"] == PREFIX
    assert main(["tried", "backup", "show", "latest", "--from-copy", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["proven"] is True
    assert set(copied) == {THERE}
    assert len(copied) == 4  # for each command: whose account it is, and its bucket


@pytest.mark.parametrize(
    ("verb", "arguments"), [("fetch", ["--to", "out"]), ("restore", ["--to", "postgresql://me@x/y"])]
)
def test_fetch_and_restore_work_on_the_copy(copied, monkeypatch, tmp_path, verb, arguments):
    """What they do with a backup has tests of its own: here it is handed on from the second region."""
    worked_on = []
    monkeypatch.chdir(tmp_path)
    done = SimpleNamespace(done=[], left_out=[])
    monkeypatch.setattr(backup_commands, "login_at", lambda *_: SimpleNamespace(address="x/y"))
    monkeypatch.setattr(backup_commands, verb, lambda found, *_, **__: worked_on.append(found.catalogue) or done)
    assert main(["tried", "backup", verb, "latest", *arguments, "--from-copy"]) == ExitCode.DONE
    assert [(it.bucket, it.s3.meta.region_name) for it in worked_on] == [
        (f"junkos-tried-copies-123456789012-{THERE}", THERE)
    ]
    assert set(copied) == {THERE}


@pytest.mark.parametrize("verb", ["list", "show", "fetch --to out", "restore --to postgresql://me@x/y"])
def test_no_copy_is_said_so(environment, capsys, verb):
    """In one line, before anything is asked."""
    environment()
    assert main(["tried", "backup", *verb.split(), "--from-copy"]) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        "ops: environment tried keeps no copies of its backups (backups.copy_region names a region for them;"
        " docs/copies.md)\n"
    )


def test_copies_that_hold_nothing_yet(copied, capsys, monkeypatch):
    monkeypatch.setattr(backup_commands, "listed", lambda *_: [])
    main(["tried", "backup", "list", "--from-copy"])
    assert capsys.readouterr().out == (
        "there is no copy of a backup of junkos yet: each new backup gets one within minutes\n"
    )
