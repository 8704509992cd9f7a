"""A backup is taken, proven and copied; the check says that its copy is whole, and what is wrong when it is not."""

import json
import os
import subprocess
import sys

import pytest

from demo.console import Console
from demo.start import start_all
from demo.story.backup import PATIENCE
from emulator import process
from emulator.account import ACCOUNT_ID
from emulator.waiting import wait_for
from lambdas.vocabulary.backups import DUMP, VERIFICATION
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.names import copies_bucket_name


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """The account with copies, which the environment's own file leaves off."""
    directory = tmp_path_factory.mktemp("account")
    try:
        changes = {"backups": {"copy_region": "eu-central-1"}}
        started = start_all(Console(), directory, foreign_url=None, changes=changes)
        started.stage.account.pause_schedules()
        yield started
    finally:
        process.stop_recorded(directory)


@pytest.fixture(scope="module")
def copies(stage):
    return copies_bucket_name(stage.environment, ACCOUNT_ID, stage.environment.backups.copy_region)


@pytest.fixture(scope="module")
def s3(stage):
    return stage.client("s3")


@pytest.fixture(scope="module")
def backup(stage):
    """Its folder, once its copy is whole, with the tags by which it is kept."""
    prefix = stage.invoke("database_backup", reason="test")["backup"]
    stage.wait_for(prefix + VERIFICATION, PATIENCE)
    stage.invoke("recovery_check")
    assert wait_for(lambda: stage.invoke("copy_check")["backup"] == prefix, 30), stage.invoke("copy_check")
    return prefix


def test_copy_of_a_proven_backup_is_whole(stage, backup):
    """By what S3 says of its objects, and read to its end."""
    found = stage.invoke("copy_check", read=True)
    assert (found["backup"], found["faults"], found["waiting"], found["read"]) == (backup, [], [], backup)
    assert wait_for(lambda: stage.newest_datapoint(Metric.COPIED_BACKUP_AGE) is not None, 10)


def test_copy_lies_under_its_own_key_with_the_tags(stage, s3, copies, backup):
    replica = s3.head_object(Bucket=copies, Key=backup + DUMP)
    assert replica["ReplicationStatus"] == "REPLICA"
    assert replica["SSEKMSKeyId"].split(":")[3] == stage.environment.backups.copy_region
    tags = s3.get_object_tagging(Bucket=copies, Key=backup + DUMP)["TagSet"]
    assert tags == [{"Key": "retention", "Value": "latest-proven"}]


def test_copies_alone_are_enough_for_the_operator(started, stage, backup, tmp_path):
    """`ops local backup list|fetch --from-copy`."""
    files = {"ENVIRONMENTS": str(started.backend.directory / "environments")}
    environment = {**os.environ, **stage.account.client_environment(), **files}

    def ops(*arguments):
        command = [sys.executable, "-m", "ops", "local", "backup", *arguments, "--from-copy"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    listed = json.loads(ops("list", "--json").stdout)
    assert [(it["backup"], it["proven"]) for it in listed["backups"]] == [(backup, True)]
    fetched = ops("fetch", "latest", "--to", str(tmp_path))
    assert fetched.returncode == 0, fetched.stderr
    assert (tmp_path / "dump.pgc").read_bytes().startswith(b"PGDMP")


def test_broken_copy_is_said_so(stage, s3, copies, backup):
    """Somebody writes into the copy, and then deletes from it; the backup itself is as it was."""
    key = backup + DUMP
    intact = s3.get_object(Bucket=copies, Key=key)["Body"].read()
    s3.put_object(Bucket=copies, Key=key, Body=intact[:-1] + bytes([intact[-1] ^ 1]), ChecksumAlgorithm="SHA256")
    found = stage.invoke("copy_check", read=True)
    assert found["backup"] is None
    assert any(f"the copy of {key} is damaged" in fault for fault in found["faults"]), found
    assert any("is encrypted with no key of KMS" in fault for fault in found["faults"]), found
    assert any(DUMP in fault and "do not restore from it" in fault for fault in found["faults"]), found
    assert wait_for(lambda: (stage.newest_datapoint(Metric.COPY_FAULTS) or 0) >= len(found["faults"]), 10)

    s3.delete_object(Bucket=copies, Key=key)
    found = stage.invoke("copy_check")
    assert found["faults"] == [
        f"{key} is missing in eu-central-1, though S3 says that it was copied: somebody deleted it there"
    ]
    assert stage.read(key) == intact


def test_deletion_of_the_backup_does_not_reach_its_copy(stage, s3, copies, backup):
    stage.delete(backup + VERIFICATION)
    assert not wait_for(lambda: "Contents" not in s3.list_objects_v2(Bucket=copies, Prefix=backup + VERIFICATION), 2)
