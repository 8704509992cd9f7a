"""The platform ends a function that is out of memory or time without a word."""

import subprocess
import sys

from tests.integration.backup.conftest import assert_no_sessions

RUN_UNTIL_HALF_WAY = """
import sys, threading
from lambdas.database_backup import dump_and_count
from tests.integration.backup.conftest import LOGIN, PASSWORD, SETTINGS, Bucket, Runner, client
from lambdas.shared.postgres import Login

endpoint, bucket, port, database = sys.argv[1:]
s3 = client(endpoint)
def half_way(**_):
    print("half-way", flush=True)
    threading.Event().wait()
s3.meta.events.register("before-send.s3.UploadPart", half_way)
dump_and_count.PIECE_SIZE = 2**20
login = Login({"host": "127.0.0.1", "port": port, "dbname": database, "user": LOGIN}, PASSWORD)
Runner(None, Bucket(s3, bucket))(login=login)
"""


def test_killed_run_is_cleaned_up(run, source, bucket, store_address):
    """A function that is ended half way leaves nothing that the next run does not clear."""
    address = [store_address, bucket.name, str(source.server.port), source.name]
    command = [sys.executable, "-c", RUN_UNTIL_HALF_WAY, *address]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    ) as function:
        while function.stdout.readline() != "half-way\n":
            assert function.poll() is None
        function.kill()
    assert_no_sessions(source)
    assert bucket.manifests() == []
    assert len(bucket.uploads()) == 1
    manifest = run()
    assert bucket.uploads() == []
    assert bucket.manifests() == [manifest.backup + "manifest.json"]
