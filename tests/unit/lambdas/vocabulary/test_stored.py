"""What is stored already is read, and written again as it is; `stored/` was written by the code before the codec."""

import json
from pathlib import Path

import pytest

from lambdas.error_budget.objective import Objective
from lambdas.health_check.results import Result
from lambdas.notify.channel import Channel
from lambdas.restore_verification.settings import Settings
from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.test_alert.recipients import Recipients
from lambdas.vocabulary.backups import Manifest, Verification
from lambdas.vocabulary.notices import Notice

STORED = Path(__file__).parent / "stored"


def stored(name):
    return (STORED / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("notice", Notice),
        ("channel", Channel),
        ("recipients", Recipients),
        ("objective", Objective),
    ],
)
def test_text_is_the_same(name, kind):
    assert kind.from_json(stored(name)).to_json() == stored(name)


@pytest.mark.parametrize(("name", "kind"), [("manifest", Manifest), ("verification", Verification)])
def test_backups_documents_are_the_same(name, kind):
    """But for fields that came later, which say then that nothing is known."""
    written, again = json.loads(stored(name)), json.loads(kind.from_json(stored(name).encode()).to_json())
    known = {field: value for field, value in again.items() if field in written}
    assert json.dumps(known, indent=1, ensure_ascii=False) == stored(name)
    assert {value for field, value in again.items() if field not in written} <= {None}


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("result", Result.from_dict),
        ("day", Day.from_dict),
        ("incident", Incident.from_dict),
        ("endpoint", lambda written: Current.from_dict("api", 1, written)),
    ],
)
def test_records_are_the_same(name, read):
    written = json.loads(stored(name))
    assert json.loads(json.dumps(read(written).as_dict())) == written


def test_result_of_an_older_prober_is_read():
    """A copy in another region may be deployed later."""
    written = json.loads(stored("result"))
    assert written.pop("named_checks") == []
    assert Result.from_dict(written).as_dict() == Result.from_dict(json.loads(stored("result"))).as_dict()


def test_environment_variables_are_the_same():
    variables = json.loads(stored("variables"))
    assert Settings.from_environment(variables).to_environment() == variables


@pytest.mark.parametrize("name", ["to", "at", "level"])
def test_notice_of_newer_code_is_refused(name):
    notice = json.loads(stored("notice"))
    with pytest.raises(ValueError, match=f"^{name} is (not known|int)"):
        Notice.from_json(json.dumps({**notice, name: 7}))


def test_backups_documents_of_newer_code_are_read():
    """A field that older code must heed comes with another schema version."""
    manifest = json.loads(stored("manifest"))
    manifest["tables"][0]["colour"] = manifest["weather"] = "fine"
    assert Manifest.from_json(json.dumps(manifest).encode()) == Manifest.from_json(stored("manifest").encode())
    verification = {**json.loads(stored("verification")), "weather": "fine"}
    Verification.from_json(json.dumps(verification).encode())
    with pytest.raises(ValueError, match="has not schema version 1"):
        Manifest.from_json(json.dumps({**manifest, "schema_version": 2}).encode())


def test_fault_of_a_manifest_is_named():
    manifest = json.loads(stored("manifest"))
    with pytest.raises(ValueError, match=r"^the manifest is not one: raw_bytes is str, expected int$"):
        Manifest.from_json(json.dumps({**manifest, "raw_bytes": "many"}).encode())
