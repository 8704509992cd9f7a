"""What the two documents of a backup say, those that older code wrote included."""

import json
from datetime import UTC, datetime

import pytest

from lambdas.restore_verification.settings import Settings
from lambdas.restore_verification.verify import answer
from lambdas.shared.environment import BadEnvironmentError
from lambdas.vocabulary.backups import (
    Acceptance,
    Answer,
    Dependent,
    Extension,
    LeftOut,
    Manifest,
    Result,
    Table,
    Verdict,
    Verification,
)
from lambdas.vocabulary.codec import decode
from tests.backups import Backups

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BACKUPS = Backups("orders", NOW)
POSTGIS = Acceptance("extension postgis", "2027-03-31", "by hand")
VARIABLES = {
    "ENVIRONMENT": "test",
    "BUCKET": "b",
    "DATABASE": "orders",
    "RECOVERY_TIME_OBJECTIVE": "3600",
    "SQL_ASSERTIONS": "[]",
}


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], Verdict.NOT_PROVABLE),
        ([Result.PASSED], Verdict.PROVEN),
        ([Result.PASSED, Result.ACCEPTED], Verdict.PROVEN_BUT_FOR),
        ([Result.ACCEPTED, Result.NOT_PROVABLE], Verdict.NOT_PROVABLE),
        ([Result.ACCEPTED, Result.NOT_PROVABLE, Result.FAILED], Verdict.FAILED),
    ],
)
def test_the_worst_result_is_the_verdict(results, verdict):
    assert Verdict.of(results) is verdict


def without(document, *names):
    return json.dumps({name: value for name, value in json.loads(document).items() if name not in names}).encode()


def test_a_manifest_of_older_code_is_read():
    new = (
        "extension_tables",
        "excluded_schemas",
        "needing_excluded",
        "left_out",
        "tables_without_rows",
        "provable_bytes",
    )
    assert Manifest.from_json(without(BACKUPS.manifest.to_json(), *new)) == BACKUPS.manifest


def test_a_verification_of_older_code_is_read():
    verification = BACKUPS.verification("")
    assert Verification.from_json(without(verification.to_json(), "accepted", "left_out")) == verification


def test_exclusions_are_read_back():
    """What is left out is read as it was written."""
    fields = {
        **BACKUPS.manifest.__dict__,
        "extensions": (Extension("pg_cron", "1.6", ("cron.job",)),),
        "extension_tables": (Table("cron", "job", 3),),
        "excluded_schemas": ("auth",),
        "needing_excluded": (Dependent("policy mine", "auth", ("3256 1", "1259 2")),),
        "left_out": (LeftOut("schema auth", "by the setting excluded_schemas"),),
    }
    manifest = Manifest(**fields)
    assert Manifest.from_json(manifest.to_json()) == manifest


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 4, 1, tzinfo=UTC), False),
        (datetime.fromisoformat("2027-04-01T01:00:00+02:00"), True),
    ],
)
def test_acceptance_lasts_its_whole_day(moment, holds):
    """An acceptance holds to the end of its last day in utc."""
    assert POSTGIS.holds_at(moment) is holds


@pytest.mark.parametrize("until", ["", "never", "2027-02-30"])
def test_an_acceptance_without_a_date_is_none(until):
    with pytest.raises(ValueError, match=r"isoformat|day is out of range|day .* must be"):
        Acceptance("extension postgis", until, "by hand")


def test_verdict_names_exceptions_end():
    """The text of a verdict says when its exception is over."""
    fields = {**BACKUPS.verification("").__dict__, "verdict": Verdict.PROVEN_BUT_FOR, "accepted": (POSTGIS,)}
    verification = Verification(**fields)
    text = "proven but for extension postgis (until 2027-03-31: by hand)"
    assert verification.text_at(NOW) == text
    assert verification.text_at(datetime(2027, 4, 1, tzinfo=UTC)) == f"{text}, which is over"


def test_answer_has_the_verdicts_text():
    """Answer is read as returned and has the verdicts text."""
    fields = {**BACKUPS.verification("").__dict__, "verdict": Verdict.PROVEN_BUT_FOR, "accepted": (POSTGIS,)}
    verification = Verification(**fields)
    read = decode(Answer, json.loads(json.dumps(answer(verification))))
    assert read == Answer.of(verification)
    assert read.text == verification.text_at(NOW)


def test_acceptances_go_through_a_functions_variables():
    settings = Settings.from_environment({**VARIABLES, "ACCEPTED": "[]"})
    assert settings.accepted == ()
    given = Settings(**{**settings.__dict__, "accepted": (POSTGIS,)})
    assert Settings.from_environment(given.to_environment()) == given


@pytest.mark.parametrize("text", ['[{"what": "extension postgis"}]', "3", '[{"what": "x", "until": "", "reason": ""}]'])
def test_acceptances_that_are_none_stop_the_function(text):
    with pytest.raises(BadEnvironmentError, match="ACCEPTED is malformed"):
        Settings.from_environment({**VARIABLES, "ACCEPTED": text})
