"""This system's own sessions at PostgreSQL have names that begin alike, and that no backend has."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lambdas.database_backup.source import named
from lambdas.shared.postgres import Login
from lambdas.vocabulary.names import ServiceNames

LONGEST = 63
"""PostgreSQL cuts what is longer."""


def test_no_session_is_named_by_hand():
    files = [file for folder in ("lambdas", "recovery") for file in Path(folder).rglob("*.py")]
    by_hand = {str(file) for file in files if re.search(r"application_name=f?[\"']", file.read_text())}
    assert by_hand <= {"lambdas/database_backup/source.py"}  # its name says until when it may live


def test_the_name_of_a_backup_fits():
    backup = named(Login({}), datetime(2026, 11, 23, 2, 15, tzinfo=UTC)).parameters["application_name"]
    assert backup == "junkos-monitoring/backup until 20261123T021500Z"
    assert len(backup) <= LONGEST


@pytest.mark.parametrize("backend", ["junkos", "junkos-api", "junkos-monitoring", "junkos-check"])
def test_a_backend_is_not_taken_for_ours(backend):
    assert not backend.startswith(ServiceNames().own_sessions)
    assert ServiceNames().session_name("check").startswith(ServiceNames().own_sessions)
