"""An object of a backup, read to its end and held against what its manifest says of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.catalogue import Catalogue
from lambdas.shared.restore.errors import CouldNotVerifyError, DamagedBackupError
from lambdas.vocabulary.backups import StoredObject

CHUNK = 1 << 20


@contextmanager
def object_store() -> Iterator[None]:
    """What the object store refuses or fails to answer says nothing about the backup."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise CouldNotVerifyError(f"the object store: {error} (once it answers, verify the backup again)") from error


def intact(catalogue: Catalogue, key: str, stored: StoredObject) -> Iterator[bytes]:
    """The object's bytes, in pieces, which end normally only when they are exactly what was stored.

    Raises DamagedBackupError when they are not, and CouldNotVerifyError when they cannot be read.
    """
    return _intact(_read(catalogue, key), key.rpartition("/")[2], stored)


def _read(catalogue: Catalogue, key: str) -> Iterator[bytes]:
    with object_store():
        try:
            body = catalogue.s3.get_object(Bucket=catalogue.bucket, Key=key)["Body"]
        except catalogue.s3.exceptions.NoSuchKey:
            raise DamagedBackupError(f"{key} is missing") from None
        yield from body.iter_chunks(CHUNK)


def _intact(chunks: Iterator[bytes], name: str, stored: StoredObject) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if size > stored.bytes:
            raise DamagedBackupError(f"{name} is longer than the {stored.bytes} bytes that the manifest says")
        yield chunk
    if size < stored.bytes:
        raise DamagedBackupError(f"{name} ends after {size} of {stored.bytes} bytes")
    if digest.hexdigest() != stored.sha256:
        raise DamagedBackupError(f"{name} has SHA-256 {digest.hexdigest()}, the manifest says {stored.sha256}")
