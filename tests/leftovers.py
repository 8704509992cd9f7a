"""Removes what fixtures have put on the disk.

A plugin: hooks of a conftest below the root are not called for fixtures of the whole session.
"""

import shutil

import pytest

_owned = set()
"""Folders that go with a fixture; one that another fixture asks for in its body has its own."""


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Remove the folders that a fixture makes by `tmp_path_factory` when it ends.

    Accounts and servers would leave many gigabytes otherwise.  Where a test failed meanwhile they stay, to be looked
    at; the next run removes them.
    """
    if "tmp_path_factory" not in fixturedef.argnames:
        return (yield)
    base, session = request.getfixturevalue("tmp_path_factory").getbasetemp(), request.session
    before, failed_before = set(base.iterdir()), session.testsfailed
    made = []

    def remove():
        if session.testsfailed == failed_before:
            for folder in made:
                shutil.rmtree(folder, ignore_errors=True)
        _owned.difference_update(made)  # their names may be given again

    fixturedef.addfinalizer(remove)  # before the fixture's own end is registered, hence called after it
    try:
        return (yield)
    finally:
        made += set(base.iterdir()) - before - _owned
        _owned.update(made)
