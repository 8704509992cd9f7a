"""The functions themselves on an instance: a real backup of a real server, and its restore."""

from contextlib import closing
from datetime import timedelta

import boto3
import psycopg2
import pytest

from lambdas.database_backup.settings import Settings as BackupSettings
from lambdas.restore_verification.settings import Settings
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION, Manifest, Verdict, Verification
from lambdas.vocabulary.metrics import Metric
from tests.integration.large_run.instance import BUCKET
from tests.integration.restore.backups import back_up
from tests.secret import URL_IN_SECRET

SPY = r"""
CREATE FUNCTION spy() RETURNS text LANGUAGE plpgsql AS $spy$
BEGIN
    COPY (SELECT 1) TO PROGRAM $program$
        {
            tail -n +2 /proc/net/route | wc -l
            bash -c 'exec 3<>/dev/tcp/169.254.169.254/80' 2>&1 | grep -o unreachable | head -1
            cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -c SECRET
            true
        } >spied
    $program$;
    RETURN trim(replace(pg_read_file('spied'), E'\n', ' '));
END $spy$;
"""
"""What restored code may try: it runs as the run's user, beside the run."""


@pytest.fixture
def backup(s3, request):
    def make(url, **options):
        return back_up(s3, BUCKET, url, key=request.node.nodeid, **options)

    return make


@pytest.fixture
def secret(endpoint):
    """Keeps a database's URL in a secret; returns its ARN."""
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    vault = boto3.client("secretsmanager", endpoint_url=endpoint, **keys)
    return lambda url: vault.create_secret(Name=f"test/{url[-40:]}", SecretString=url)["ARN"]


def variables(*assertions):
    settings = Settings("test", BUCKET, "orders", timedelta(hours=1), tuple(assertions), ())
    return {**settings.to_environment(), "POWERTOOLS_LOG_LEVEL": "INFO"}


def test_backup_is_proven_on_an_instance(instances, database, backup, s3):
    prefix = backup(database)
    found = instances.run("restore_verification", {"backup": prefix}, variables=variables())
    assert found.result["answer"]["verdict"] == "proven", found.log
    written = s3.get_object(Bucket=BUCKET, Key=prefix + VERIFICATION)["Body"].read()
    assert Verification.from_json(written).verdict is Verdict.PROVEN
    (metrics,) = (line for line in found.lines if Metric.RECOVERY_DURATION in line)
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "JunkOS"
    (told,) = (line for line in found.lines if line.get("message", "").startswith("the backup is proven"))
    assert told["service"] == "junkos-test-restore-verification"


def test_damaged_backup_is_no_error_but_a_verdict(instances, database, backup, s3):
    prefix = backup(database)
    s3.put_object(Bucket=BUCKET, Key=prefix + "dump.pgc.zst", Body=b"damaged", Tagging="retention=daily")
    found = instances.run("restore_verification", {"backup": prefix}, variables=variables())
    assert found.result["answer"]["verdict"] == "failed"


def test_restored_code_reaches_nothing(instances, database, backup):
    """No network, so no metadata service with the role's credentials; not the environment of the run."""
    with closing(psycopg2.connect(database)) as session, session:
        session.cursor().execute(SPY)
    prefix = backup(database)
    assertion = "SELECT spy() = '0 unreachable 0' OR (spy() || ' was found')::boolean"
    found = instances.run("restore_verification", {"backup": prefix}, variables=variables(assertion))
    assert found.result["answer"]["verdict"] == "proven", found.log[-3000:]


def test_refused_network_is_no_verdict(instances, database, backup):
    """Rather than with the metadata service in reach, nothing is restored."""
    limit = "exec unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec \"$@\"' sh"
    skipped = "while case $1 in --*) true ;; *) false ;; esac do shift; done\n"
    prefix = backup(database)
    programs = {"setpriv": f'{skipped}{limit} "$@"'}
    found = instances.run("restore_verification", {"backup": prefix}, variables=variables(), programs=programs)
    assert found.result["error"] == "CouldNotVerifyError"
    assert "refuses it a network of its own" in found.result["message"]


def test_database_is_backed_up_from_an_instance(instances, database, s3, secret):
    """The run's name is the backup's, as the request's is in a function; then it is proven on another instance."""
    settings = BackupSettings(
        bucket=BUCKET,
        critical_tables=("public.orders",),
        excluded_table_data=(),
        excluded_schemas=(),
        provable_bytes=1,
        compression_level=3,
        function_limit_bytes=1,
        **{**URL_IN_SECRET, "database": "orders", "database_url_secret": secret(database)},
    )
    found = instances.run("database_backup", {"reason": "test"}, variables=settings.to_environment())
    answer = found.result["answer"]
    assert (answer["tables"], answer["rows"]) == (1, 5000), found.log
    manifest = Manifest.from_json(s3.get_object(Bucket=BUCKET, Key=answer["backup"] + MANIFEST)["Body"].read())
    assert (manifest.rows, manifest.tables[0].checksum is not None) == (5000, True)
    proof = instances.run("restore_verification", {"backup": answer["backup"]}, variables=variables())
    assert proof.result["answer"]["verdict"] == "proven", proof.log
