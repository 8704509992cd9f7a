"""A dump is untrusted: what its code can reach, how long it can run, and that nothing of it stays."""

import os
import select
import signal
import subprocess
import time
from contextlib import suppress

import pytest

from lambdas.vocabulary.backups import VERIFICATION
from tests.integration.restore.conftest import BUCKET
from tests.integration.restore.function import SECRET, FunctionError, function
from tests.integration.restore.test_verdicts import exists, result_of

SPY = """
CREATE FUNCTION parent(process text) RETURNS text LANGUAGE sql AS
    $$ SELECT split_part(pg_read_file('/proc/' || process || '/stat'), ' ', 4) $$;
CREATE FUNCTION environment(process text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN encode(pg_read_binary_file('/proc/' || process || '/environ'), 'escape');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
"""
# Empty where it is made, endless where it is restored.
ENDLESS = """
CREATE TABLE small (n integer);
CREATE FUNCTION endless() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() = 'restored' THEN PERFORM pg_sleep(1000); END IF;
    RETURN true;
END $$;
CREATE MATERIALIZED VIEW slow AS SELECT public.endless();
"""
DAEMON = """
CREATE FUNCTION leave_behind() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() = 'restored' THEN
        COPY (SELECT) TO PROGRAM 'setsid sleep 1000 > /dev/null 2>&1 &';
    END IF;
    RETURN true;
END $$;
CREATE MATERIALIZED VIEW started AS SELECT public.leave_behind();
"""


def test_dump_cannot_reach_credentials(tmp_path, object_store, s3, database, backup):
    """The credentials of the function are out of a dumps reach."""
    assertions = [
        "SELECT environment(parent('self')) LIKE '%LC_ALL=C%'",
        "SELECT environment(parent(parent('self'))) LIKE '%Permission denied%'",
        f"SELECT environment('self') NOT LIKE $$%{SECRET}%$$ AND environment(parent('self')) NOT LIKE $$%{SECRET}%$$",
    ]
    with function(tmp_path, object_store, BUCKET, assertions=assertions) as verification:
        answer = verification.verify(backup(database(SPY)))
    assert answer["verdict"] == "proven", result_of(answer, "SQL assertions true")["detail"]


def test_what_a_dump_leaves_running_is_ended(verification, database, backup):
    answer = verification.verify(backup(database(DAEMON)))
    assert answer["verdict"] == "proven"
    assert verification.leftovers() == []


def test_endless_dump_is_stopped(verification, database, backup, s3):
    """A dump that never ends is stopped in time."""
    prefix = backup(database(ENDLESS))
    started = time.monotonic()
    with pytest.raises(FunctionError, match=r"OutOfTimeError: .*was not verified: the function's time was up while"):
        verification.verify(prefix, seconds=13)
    assert time.monotonic() - started < 13
    assert not exists(s3, prefix + VERIFICATION)
    assert verification.leftovers() == []


def test_without_time_nothing_is_begun(verification, database, backup, s3):
    prefix = backup(database(""))
    with pytest.raises(FunctionError, match="OutOfTimeError"):
        verification.verify(prefix, seconds=5)
    assert not exists(s3, prefix + VERIFICATION)


def test_killed_functions_files_are_removed(tmp_path, object_store, s3, database, backup):
    """A function that is killed leaves no server and its successor no files."""
    url, other = database(ENDLESS), backup(database("", name="other"), key="other")
    with function(tmp_path, object_store, BUCKET) as killed:
        killed.send({"backup": backup(url)})
        server = wait_for_server(killed)
        os.kill(killed.process.pid, signal.SIGKILL)
        wait_for_end(server)
    with function(tmp_path, object_store, BUCKET) as successor:
        assert [path.name for path in successor.temporary.iterdir()] != []
        assert successor.verify(other)["verdict"] == "proven"
        assert successor.leftovers() == []


def test_concurrent_verifications_are_isolated(tmp_path, object_store, s3, database, backup):
    """Two verifications at once leave each others files alone."""
    slow, quick = backup(database(ENDLESS)), backup(database("", name="quick"), key="quick")
    with function(tmp_path, object_store, BUCKET) as first, function(tmp_path, object_store, BUCKET) as second:
        first.send({"backup": slow}, seconds=30)
        wait_for_server(first)
        assert second.verify(quick)["verdict"] == "proven"
        assert len(list(first.temporary.iterdir())) == 1
        with pytest.raises(FunctionError, match="OutOfTimeError"):
            first.receive()


def wait_for_server(verification):
    """The id of the restore server, once it takes connections."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for file in verification.temporary.glob("*/data/postmaster.pid"):
            if "ready" in (said := file.read_text()):
                return int(said.splitlines()[0])
        with suppress(subprocess.TimeoutExpired):
            verification.process.wait(0.05)
    raise AssertionError("the restore server did not start")


def wait_for_end(process):
    with suppress(ProcessLookupError):  # it may have ended already
        ended = os.pidfd_open(process)
        assert select.select([ended], [], [], 60)[0], f"process {process} still runs"
        os.close(ended)
