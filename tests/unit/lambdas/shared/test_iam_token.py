"""The token that is shown to a database instead of a password is the one that AWS's own client signs."""

import datetime as dt

import botocore.auth
import botocore.session
import pytest

from lambdas.shared.database_settings import DatabaseSettings
from lambdas.shared.postgres import log_in

MOMENT = dt.datetime(2026, 1, 5, 2)  # noqa: DTZ001  botocore signs with naive times of UTC
HOST = "junkos-prod-database.abcdefghijkl.eu-central-1.rds.amazonaws.com"


@pytest.fixture
def session(monkeypatch):
    """A function's credentials, at one moment: a signature carries its time."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: MOMENT)
    session = botocore.session.Session()
    session.set_config_variable("region", "eu-central-1")
    session.set_credentials("ASIAEXAMPLE", "secret", "session/token+==")
    return session


@pytest.mark.parametrize(("port", "login"), [(5432, "junkos_monitor"), (6543, "another_login")])
def test_token_equals_rds_clients(session, port, login):
    """The token equals that of the rds client."""
    settings = DatabaseSettings(
        environment="prod",
        database="junkos",
        database_host=HOST,
        database_port=port,
        database_name="junkos",
        database_login=login,
        database_url_secret=None,
        database_minimum_tls="verify-full",
    )
    expected = session.create_client("rds").generate_db_auth_token(HOST, port, login)
    assert log_in(settings, session).password == expected
