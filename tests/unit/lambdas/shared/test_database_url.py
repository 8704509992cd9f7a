"""What is read of a database's URL, and that nothing of a password is ever said of one that cannot be used."""

import re

import pytest

from lambdas.shared.database_settings import DatabaseSettings
from lambdas.shared.database_url import BadDatabaseAddressError
from lambdas.shared.postgres import CONNECT_TIMEOUT, log_in
from tests.secret import URL_IN_SECRET, Secret

SETTINGS = DatabaseSettings(**URL_IN_SECRET)
PARTS = ("S3cr", "et", "xyz", "4711")
"""Of every password here; none of them stands in the words of an error."""


def login_of(url):
    return log_in(SETTINGS, Secret(url))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:S3cr/et@db.example:5432/pw",
        "postgres://me:S3cr/et@db.example:5432/pw",
        "postgresql://me:S3cr@et@db.example:5432/pw",
        "postgresql://me:S3cr@xyz/et@db.example/pw",
        "postgresql://me:4711/et@db.example/pw",
        "postgresql://me:S3cr?xyz@4711@db.example/pw",
        "postgresql://me:S3cr/et?xyz=4711@db.example/pw",
        "postgresql://me:4711/et?sslmode=S3cr@db.example/pw",
        "postgresql://me:S3cr%xyz@db.example/pw",
        "postgresql://me:S3cr",
        "postgresql://db.example:S3cr/pw",
        "postgresql://db.example:4711/pw",
        "postgresql://me:4711@/pw",
        "postgresql://me:S3cr@db.example/pw?connect_timeout=xyz",
        "host=db.example user=me password=S3cr et dbname=pw",
        "user=me password=S3cr",
        "S3cr",
        '{"password": "S3cr"}',
        "",
    ],
)
def test_invalid_url_is_not_repeated(url):
    """A url that cannot be meant is refused and nothing of it repeated."""
    with pytest.raises(BadDatabaseAddressError) as refused:
        login_of(url)
    line = str(refused.value)
    assert line.startswith("the URL in the secret 'the-secret' of database 'junkos' ")
    assert "\n" not in line
    assert not set(PARTS) & set(re.findall(r"\w+", line))
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("url", ["postgresql://me:S3cr/et@db.example/pw", "postgresql://me:S3cr@et@db.example/pw"])
def test_the_remedy_is_to_encode_the_password(url):
    with pytest.raises(BadDatabaseAddressError, match="percent-encode the user and the password, / as %2F, @ as %40"):
        login_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:S3cr%2Fet@db.example/pw",
        "postgresql://me:S3cr%40et@db.example/pw?application_name=a@b",
        "postgresql://me:S3cr:et@db.example:5432,other.example:5433/pw",
        "postgresql://me:S3cr?et@db.example/pw",
        "postgresql://me%40tenant:S3cr@[::1]:5432/pw",
        "postgresql://me:S3cr@db.example/a%40b",
        "postgresql:///pw?host=/var/run/postgresql&user=me",
        "host=db.example user=me password='S3cr @ / et' dbname=pw",
    ],
)
def test_libpq_url_is_read(url):
    """A url that libpq takes as it was meant is read."""
    login = login_of(url)
    assert login.parameters["dbname"] in {"pw", "a@b"}
    assert login.password is None or login.password.startswith("S3cr")


def test_missing_database_means_users_name():
    """Without a database it is that of the users name as everywhere in postgresql."""
    assert login_of("postgresql://me:S3cr@db.example").parameters["dbname"] == "me"


@pytest.mark.parametrize("parameters", ["", "?connect_timeout=0", "?connect_timeout="])
def test_nobody_is_waited_for_without_end(parameters):
    login = login_of(f"postgresql://me:S3cr@db.example/pw{parameters}")
    assert login.parameters["connect_timeout"] == str(CONNECT_TIMEOUT)
