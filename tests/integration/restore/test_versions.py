"""Dumps of older servers, restored into the newest: with whatever of the zoo such a server can hold."""

import pytest

from embedded import postgres
from embedded.errors import EmbeddedError
from embedded.postgres_versions import RELEASES, programs
from tests.databases.loader import THEMES, load
from tests.integration.restore.conftest import create_database
from tests.integration.restore.test_verdicts import ORDERS, failed

# Those in which versions differ most, and in which pg_dump writes other things for them.
TELLING = (
    "constraints", "functions", "generated_and_identity", "large_objects", "partitions", "privileges", "publications",
    "row_level_security", "sequences", "types_numbers", "extension_pgcrypto", "types_xml",
    "collations_icu",
)  # fmt: skip
BEYOND_THE_RESTORE_SERVER = {"libxml", "icu"}


@pytest.fixture(scope="module", params=sorted(RELEASES))
def old_source(request, tmp_path_factory):
    try:
        folder = programs(request.param)
    except EmbeddedError as error:
        pytest.skip(str(error))
    with postgres.server(tmp_path_factory.mktemp("old") / "data", programs=folder) as server:
        yield server


def test_a_shop_on_every_version_is_proven(old_source, verification, backup):
    answer = verification.verify(backup(create_database(old_source, "shop", ORDERS), critical=[("public", "orders")]))
    assert answer["verdict"] == "proven", failed(answer)


@pytest.mark.slow
@pytest.mark.parametrize("theme", [THEMES[name] for name in TELLING], ids=TELLING)
def test_a_theme_of_an_older_server_is_judged_rightly(theme, old_source, verification, backup):
    if lacking := theme.lacks(old_source.url()):
        pytest.skip(f"the source lacks {', '.join(lacking)}")
    url = create_database(old_source, theme.name, "", theme.encoding)
    load(url, theme)
    answer = verification.verify(backup(url))
    expected = "not provable" if theme.features & BEYOND_THE_RESTORE_SERVER else theme.verdict
    assert answer["verdict"] == expected, [check for check in answer["checks"] if check["result"] != "passed"]
