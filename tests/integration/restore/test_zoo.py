"""Every database of the zoo, through backup and restore: proven, or refused where its dump cannot be restored."""

import pytest

from emulator import postgres, postgres_versions
from tests.databases.loader import THEMES, load
from tests.integration.restore.conftest import create_database
from tests.integration.restore.function import faults


@pytest.fixture(scope="module")
def other_source(tmp_path_factory):
    """A server with what the usual one lacks: ICU, libxml, uuid-ossp."""
    programs = postgres_versions.programs_with_icu(postgres_versions.MAJORS[-1])
    with postgres.server(tmp_path_factory.mktemp("other") / "data", programs=programs) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_zoo(theme, source, other_source, verification, backup):
    able = [server for server in (source, other_source) if not theme.lacks(server.url())]
    if not able:
        pytest.skip(f"the sources have no {', '.join(theme.lacks(other_source.url()))}")
    url = create_database(able[0], f"zoo_{theme.name}", "", theme.encoding)
    load(url, theme)
    answer = verification.verify(backup(url))
    assert answer["verdict"] == theme.verdict, faults(answer)
