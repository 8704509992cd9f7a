"""Every database of the zoo, through backup and restore: proven, or refused where its dump cannot be restored."""

import pytest

from tests.databases.loader import THEMES, load


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_zoo(theme, source, verification, database, backup):
    if lacking := theme.lacks(source.url()):
        pytest.skip(f"the source has no {', '.join(lacking)}")
    url = database("", theme.encoding)
    load(url, theme)
    answer = verification.verify(backup(url))
    faults = [check for check in answer["checks"] if check["result"] != "passed"]
    assert answer["verdict"] == theme.verdict, faults
