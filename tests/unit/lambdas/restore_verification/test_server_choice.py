"""A backup is restored by a server of the source's own major version, wherever that can be."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lambdas.restore_verification import choice
from lambdas.restore_verification.choice import Choice
from lambdas.shared.restore.errors import CouldNotVerifyError
from lambdas.vocabulary.backups import Extension
from tests.backups import Backups

HERE = {15: {"plpgsql", "adminpack"}, 16: {"plpgsql", "hstore"}, 18: {"plpgsql", "hstore", "vector"}}


@pytest.fixture
def choose(monkeypatch):
    monkeypatch.setattr(choice, "MAJORS", tuple(HERE))
    monkeypatch.setattr(choice, "extensions", HERE.__getitem__)
    manifest = Backups("shop", datetime(2026, 11, 23, tzinfo=UTC)).manifest

    def of(version, *extensions):
        wanted = tuple(Extension(name, "1.0") for name in ("plpgsql", *extensions))
        return Choice.of(replace(manifest, client_version=version, extensions=wanted))

    return of


def test_the_sources_own_version_without_a_word(choose):
    assert choose("15.19") == Choice(15)
    assert choose("15.19", "adminpack") == Choice(15)


def test_newer_server_with_the_extension(choose):
    """A newer one where only that has the extension."""
    assert choose("16.4", "vector") == Choice(
        18, "into PostgreSQL 18, as no server of 16 with extension vector is here"
    )


def test_next_server_when_own_is_missing(choose):
    """The next where the sources own is not here."""
    assert choose("14.23") == Choice(15, "into PostgreSQL 15, as no server of 14 is here")
    assert choose("17.1", "hstore") == Choice(18, "into PostgreSQL 18, as no server of 17 is here")


def test_the_nearest_where_none_has_the_extension(choose):
    assert choose("15.19", "postgis", "vector") == Choice(15)


def test_too_new_version_is_no_verdict(choose):
    """A version newer than any server is no verdict."""
    with pytest.raises(CouldNotVerifyError, match=r"of PostgreSQL 19, and the newest restore server here is 18 \(add"):
        choose("19.1")
