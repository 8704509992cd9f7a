"""The audit, and what the quarter's review says of it."""

import io
import json

import pytest

from lambdas.review.dependencies.osv import Vulnerability
from lambdas.review.section import UnknownError
from lambdas.review.sections import dependencies
from lambdas.review.sections.dependencies import BACKEND_DEPENDENCIES, DEPENDENCIES, LARGEST, OWN_DEPENDENCIES
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.review.situation import NOW, UNTIL, Account, ask

FILE = "s3://builds/backend/package-lock.json"
LOCK = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/express": {"version": "4.0.0"}}}).encode()


@pytest.fixture
def osv(monkeypatch):
    """What it finds in the packages that it is asked for."""

    class Osv:
        found = ()
        asked = ()
        fails = ""

        def __call__(self, packages):
            self.asked = packages
            if self.fails:
                raise UnknownError(self.fails)
            return list(self.found)

    fake = Osv()
    monkeypatch.setattr(dependencies, "vulnerabilities", fake)
    return fake


def backend(content, **given):
    answer = {"Body": io.BytesIO(content), "LastModified": UNTIL}
    return ask(
        BACKEND_DEPENDENCIES, Account({"s3.get_object": answer}), Period.DEPENDENCIES, **{"lock_file": FILE, **given}
    )


def test_own_layers(osv):
    found = ask(OWN_DEPENDENCIES, Account(), Period.DEPENDENCIES)
    assert (found.state, found.figures[1].value) == (State.GOOD, 0)
    assert any(package.startswith("pkg:pypi/psycopg2-binary@") for package in osv.asked)


def test_vulnerability_is_shown_with_its_fix(osv):
    osv.found = [Vulnerability("GHSA-1", "pkg:npm/express@4.0.0", "Open <b>redirect</b>", "high", ("4.1.0",))]
    found = backend(LOCK)
    assert (found.state, found.summary) == (State.ATTENTION, "1 known vulnerability in 1 package")
    assert osv.asked == ["pkg:npm/express@4.0.0"]
    assert found.blocks[0].rows[0][2:4] == ("high", "4.1.0")


def test_silence_is_unknown(osv):
    osv.fails = "OSV did not answer (no answer: TimeoutError)"
    assert ask(OWN_DEPENDENCIES, Account(), Period.DEPENDENCIES).state is State.UNKNOWN


@pytest.mark.parametrize("content", [b"", b"{}", b"x" * (LARGEST + 1)], ids=["empty", "no lock file", "too large"])
def test_nothing_scanned_is_unknown(osv, content):
    found = backend(content)
    assert found.state is State.UNKNOWN
    assert FILE in found.summary


def test_no_lock_file_is_said(osv):
    assert backend(LOCK, lock_file=None).state is State.NOT_IN_USE


def audit(state):
    section = {"name": "own", "heading": "Own", "state": state, "summary": "said", "figures": {}, "tables": [
        {"headings": ["Package"], "rows": [["pkg:npm/x@1"]]}
    ]}  # fmt: skip
    clean = {**section, "name": "backend", "state": State.GOOD, "tables": []}
    key = f"dependencies/{NOW:%Y-%m-%dT%H-%M-%SZ}/report.json"
    return Account(
        {
            "s3.list_objects_v2": {"Contents": [{"Key": key}]},
            "s3.get_object": lambda **_: {"Body": io.BytesIO(json.dumps({"sections": [clean, section]}).encode())},
        }
    )


@pytest.mark.parametrize("state", [State.ATTENTION, State.UNKNOWN, State.GOOD])
def test_quarter_takes_the_worst_of_the_audit(state):
    found = ask(DEPENDENCIES, audit(state), Period.QUARTER)
    assert found.state is state
    assert found.blocks[0].rows == (("pkg:npm/x@1",),)


def test_quarter_without_audit_is_unknown():
    assert ask(DEPENDENCIES, Account({"s3.list_objects_v2": {}}), Period.QUARTER).state is State.UNKNOWN
