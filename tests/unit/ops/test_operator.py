"""Who is said to have asked for something by an operator's command."""

import os

import pytest

from ops.account import operator


def test_it_is_the_login_name(monkeypatch):
    monkeypatch.setenv("LOGNAME", "ann")
    assert operator() == "ann"


@pytest.mark.parametrize("unknown", [KeyError("uid not found"), OSError("no username set")])
def test_nameless_user_is_shown_by_number(monkeypatch, unknown):
    """A user without a name is sent by number."""

    def getuser():
        raise unknown

    monkeypatch.setattr("getpass.getuser", getuser)
    assert operator() == f"user {os.getuid()}"
