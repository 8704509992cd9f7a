"""The service's name and title: what is taken, what is refused, and what is called after them."""

import pytest

from lambdas.vocabulary.names import bucket_name, physical_name
from stacks.settings import LONGEST_SERVICE_AND_NAME, RESERVED, SettingsError, load

REST = """region = "eu-central-1"
owner = "backend team"
[alerts]
email = ["a@example.com"]
[database]
mode = "external"
name = "orders"
url_secret = "orders/url"
"""


@pytest.fixture
def read(tmp_path):
    def of(top, name="test"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\n{top}\n{REST}')
        return load(name, tmp_path)

    return of


@pytest.fixture
def fault(read):
    def of(top, name="test"):
        with pytest.raises(SettingsError) as refused:
            read(top, name)
        return str(refused.value)

    return of


def test_the_default_is_junkos(read):
    environment = read("")
    assert physical_name(environment, "database_check") == "junkos-test-database-check"
    assert bucket_name(environment, "1" * 12, "eu-central-1") == f"junkos-test-backups-{'1' * 12}-eu-central-1"
    assert (environment.names.title, environment.names.namespace) == ("JunkOS", "JunkOS")
    assert environment.backend_log_group == "/junkos/test/backend"


@pytest.mark.parametrize(
    ("top", "title", "namespace"),
    [
        ('service = "acme"', "Acme", "Acme"),
        ('service = "acme-shop"', "Acme Shop", "Acme-Shop"),
        ('service = "acme-shop"\nservice_title = "ACME-shop"', "ACME-shop", "ACME-shop"),
        ('service = "a-1"', "A 1", "A-1"),
        ('service = "a1"', "A1", "A1"),
        ('service_title = "junkos"', "junkos", "junkos"),
    ],
)
def test_title_is_the_display_name(read, top, title, namespace):
    """The title is the name as people read it."""
    environment = read(top)
    assert (environment.names.title, environment.names.namespace) == (title, namespace)
    assert environment.names.service == environment.service


@pytest.mark.parametrize("service", ["Acme", "1acme", "acme_shop", "acme--shop", "acme-", "", "a" * 21])
def test_what_is_no_name_is_refused(fault, service):
    assert "service = " in fault(f'service = "{service}"')
    assert "must be 1 to 20 lower-case letters and digits" in fault(f'service = "{service}"')


@pytest.mark.parametrize("first", RESERVED)
def test_names_that_others_reserve_are_refused(fault, read, first):
    assert "reserved" in fault(f'service = "{first}"')
    assert "reserved" in fault(f'service = "{first}-shop"')
    assert read(f'service = "{first}x"').service == f"{first}x"


def test_service_and_name_fit_bucket_name(fault, read):
    """Service and name together fit into the buckets name."""
    longest = "a" * 16
    assert read(f'service = "{"s" * (LONGEST_SERVICE_AND_NAME - 16)}"', longest)
    assert "25 characters at most together with the name" in fault(
        f'service = "{"s" * (LONGEST_SERVICE_AND_NAME - 15)}"', longest
    )


@pytest.mark.parametrize("title", ["Acme", "Acme_Shop", "Acme  Shop", "Acme Shop ", "Other Shop", "Acmeshop"])
def test_a_title_of_another_name_is_refused(fault, title):
    """Two services never share a namespace of metrics."""
    assert "service_title" in fault(f'service = "acme-shop"\nservice_title = "{title}"')
