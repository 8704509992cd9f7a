"""What a backup consists of when all goes well."""


def test_a_backup_is_committed(run, bucket):
    manifest = run()
    assert bucket.manifests() == [manifest.backup + "manifest.json"]
