"""`ops <environment> on-call`: what is shown, what is changed, and how it ends."""

import json
from datetime import timedelta

import boto3
import icalendar
import pytest
from moto import mock_aws

from lambdas.shared.on_call.overrides import Overrides, asked
from lambdas.vocabulary.on_call import Override
from ops import account as accounts
from ops.account import Account
from ops.chosen import Chosen
from ops.errors import ExitCode, UsageError
from ops.on_call import change
from ops.subjects import on_call as subject
from stacks.settings import load
from tests.unit.lambdas.shared.on_call.rotas import utc
from tests.unit.lambdas.shared.on_call.test_overrides import TABLE, table_in
from tests.unit.stacks.settings.test_on_call import CHRISTMAS, FILE, ROTA

NOW = utc(2026, 11, 10, 12)
DAY = timedelta(days=1)
THREE = ("ana", "ben", "cem")


class Ops:
    """Runs commands as far as to their exit code; the function `incident` is played by what it is made of."""

    def __init__(self, folder, capsys, monkeypatch):
        (folder / "prod.toml").write_text(FILE.replace('"tried"', '"prod"') + ROTA + CHRISTMAS)
        self.capsys, self.code, self.invoked = capsys, None, []
        self.chosen = Chosen("prod")
        settings = load("prod", folder)
        self.chosen.__dict__["settings"] = settings
        self.chosen.__dict__["account"] = Account(settings, boto3.Session(region_name="eu-central-1"))
        self.overrides = Overrides(table_in(boto3), TABLE, lambda: NOW)
        monkeypatch.setattr(Account, "invoke", lambda _, folder, **event: self._invoke(folder, **event))

    def _invoke(self, folder, **event):
        assert folder == "incident"
        self.invoked.append(json.loads(json.dumps(event)))
        if "override" in event:
            return {"identifier": self.overrides.add(asked(event, NOW)).identifier}
        self.overrides.remove(event["remove_override"]["identifier"])
        return {}

    def run(self, *arguments):
        self.code = subject.commands.main(arguments, obj=self.chosen, standalone_mode=False) or ExitCode.DONE
        return self.capsys.readouterr().out

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def add(self, person, instead_of, start=NOW, until=NOW + DAY):
        return self.overrides.add(Override(person, start, until, instead_of, made_by="anna")).identifier


@pytest.fixture
def ops(tmp_path, monkeypatch, capsys):
    for module in (subject, change):
        monkeypatch.setattr(module, "now", lambda: NOW)
    monkeypatch.setattr(accounts.getpass, "getuser", lambda: "anna")
    with mock_aws():
        yield Ops(tmp_path, capsys, monkeypatch)


def test_who_says_until_when_and_who_is_next(ops):
    assert ops.run("who").splitlines() == [
        "primary  ben",
        "backup   cem",
        "until    Mon 2026-11-16 09:00 (Europe/Berlin)",
        "then     cem, with ana as the backup",
    ]


def test_who_knows_urgent_overrides(ops):
    ops.add("ana", "ben")
    assert ops.json("who") == {
        "start": "2026-11-10T12:00:00+00:00",
        "until": "2026-11-11T12:00:00+00:00",
        "primary": "ana",
        "backup": "cem",
        "timezone": "Europe/Berlin",
        "next": {
            "start": "2026-11-11T12:00:00+00:00",
            "until": "2026-11-16T08:00:00+00:00",
            "primary": "ben",
            "backup": "cem",
        },
    }


def test_who_reads_times_in_the_rotas_zone(ops):
    """The handoff is at 09:00 in Berlin, 08:00 UTC; Christmas is overridden."""
    assert ops.json("who", "--at", "2026-11-16 08:59")["primary"] == "ben"
    assert ops.json("who", "--at", "2026-11-16 09:00")["primary"] == "cem"
    assert ops.json("who", "--at", "2026-11-16T08:30:00+00:00")["primary"] == "cem"
    christmas = ops.json("who", "--at", "2026-12-25 12:00")
    assert (christmas["primary"], christmas["backup"]) == ("cem", "ana")


def test_file_alone_needs_no_account(ops, monkeypatch):
    monkeypatch.delattr(Account, "client")
    ops.chosen.__dict__["account"] = None
    assert "ben" in ops.run("who", "--file-only")
    assert "ben" in ops.run("calendar", "--file-only")
    assert "at any time" in ops.run("check", "--file-only")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("monday", "'monday' is no time: write YYYY-MM-DD HH:MM, in Europe/Berlin"),
        (
            "2027-03-28 02:30",
            "does not exist in Europe/Berlin, where clocks go forward then: write 2027-03-28T03:30:00",
        ),
        ("2027-10-31 02:30", "exists twice in Europe/Berlin"),
    ],
)
def test_odd_time_is_usage(ops, written, reason):
    with pytest.raises(UsageError, match=reason):
        ops.run("who", "--at", written)


def test_calendar_lists_shifts(ops):
    ops.add("ana", "ben")
    lines = [line.split() for line in ops.run("calendar", "--weeks", "1").splitlines()]
    assert lines[0] == ["from", "until", "primary", "backup"]
    assert [line[-2:] for line in lines[1:]] == [["ana", "cem"], ["ben", "cem"], ["cem", "ana"]]


def test_calendar_of_a_person(ops):
    found = ops.json("calendar", "--person", "ana")["shifts"]
    assert [(each["primary"], each["backup"]) for each in found] == [("cem", "ana"), ("ana", "ben"), ("cem", "ana")]
    with pytest.raises(UsageError, match=r"'zoe' is no \[\[on_call.person\]\] \(there are: ana, ben, cem\)"):
        ops.run("calendar", "--person", "zoe")


@pytest.mark.parametrize("to", ["-", "team.ics"])
def test_calendar_is_written_as_icalendar(ops, tmp_path, to):
    printed = ops.run("calendar", "--ics", to if to == "-" else str(tmp_path / to))
    written = printed.encode() if to == "-" else (tmp_path / to).read_bytes()
    read = icalendar.Calendar.from_ical(written)
    assert str(read["NAME"]) == "JunkOS prod on call"
    assert str(read.walk("VEVENT")[0]["SUMMARY"]) == "ben (backup: cem)"
    assert written.endswith(b"END:VCALENDAR\r\n")
    assert b"\r\r" not in written


def test_check_is_content(ops):
    assert ops.run("check") == "a primary and a backup are on call at any time of the next four weeks\n"
    assert ops.code == ExitCode.DONE


def test_check_finds_holes(ops):
    """All three are needed; Ben and Cem are both replaced by Ana, who cannot be both."""
    ops.add("ana", "ben")
    ops.add("ana", "cem")
    (hole,) = ops.json("check")["holes"]
    assert (ops.code, hole["primary"], hole["backup"]) == (ExitCode.WRONG, "ana", None)
    assert "nobody" in ops.run("check")


def test_override_is_made(ops):
    said = ops.run(
        "override", "ana", "--instead-of", "ben", "--from", "2026-11-12 18:00", "--until", "2026-11-13 09:00"
    )
    span = "from Thu 2026-11-12 18:00 until Fri 2026-11-13 09:00 (Europe/Berlin)"
    assert said.startswith(f"ana is on call instead of ben {span}: override 20261110t120000-")
    assert "nothing changes" not in said
    assert ops.invoked == [
        {
            "override": {
                "person": "ana",
                "instead_of": "ben",
                "start": "2026-11-12T17:00:00+00:00",
                "until": "2026-11-13T08:00:00+00:00",
                "by": "anna",
            }
        }
    ]
    assert ops.json("who", "--at", "2026-11-12 18:00")["primary"] == "ana"


def test_override_begins_now(ops):
    ops.run("override", "ana", "--instead-of", "ben", "--until", "2026-11-13 09:00", "--json")
    assert ops.invoked[0]["override"]["start"] == "2026-11-10T12:00:00+00:00"


def test_override_without_effect_is_said(ops):
    """Ana is not on call in that week."""
    assert "nothing changes" in ops.run("override", "cem", "--instead-of", "ana", "--until", "2026-11-12 09:00")


def test_override_is_removed(ops):
    identifier = ops.add("ana", "ben")
    assert ops.run("override", "--remove", identifier) == f"override {identifier} is removed\n"
    assert ops.invoked == [{"remove_override": {"identifier": identifier, "by": "anna"}}]
    assert ops.json("who")["primary"] == "ben"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("zoe", "--instead-of", "ben", "--until", "2026-11-12 09:00"), "'zoe' is no"),
        (("ana", "--instead-of", "zoe", "--until", "2026-11-12 09:00"), "'zoe' is no"),
        (("ben", "--instead-of", "ben", "--until", "2026-11-12 09:00"), "somebody else"),
        (("ana", "--instead-of", "ben", "--until", "2026-11-09 09:00"), "--until has passed"),
        (
            ("ana", "--instead-of", "ben", "--from", "2026-11-13 09:00", "--until", "2026-11-12 09:00"),
            "until must be later than start",
        ),
        (("ana", "--instead-of", "ben"), "name PERSON, --instead-of and --until"),
        (("ana", "--remove", "2026"), "--remove stands alone"),
        ((), "name PERSON"),
    ],
)
def test_impossible_override_is_usage(ops, arguments, reason):
    with pytest.raises(UsageError, match=reason):
        ops.run("override", *arguments)
    assert ops.invoked == []


def test_overrides_are_listed(ops):
    identifier = ops.add("ana", "ben")
    ops.add("ana", "ben", NOW - 2 * DAY, NOW - DAY)
    rows = ops.run("overrides").splitlines()[1:]
    assert rows[0].split()[:3] == ["-", "cem", "ben"]
    assert rows[1].split() == [
        *(identifier, "ana", "ben", "Tue", "2026-11-10", "13:00", "Wed", "2026-11-11", "13:00", "anna")
    ]
    assert len(rows) == 2
    assert [each["identifier"] for each in ops.json("overrides")["overrides"]] == [None, identifier]


def test_ignored_override_is_said(ops, capsys):
    """Zoe has left; the rota's own is paged."""
    identifier = ops.add("zoe", "ben")
    subject.commands.main(("who",), obj=ops.chosen, standalone_mode=False)
    out, err = capsys.readouterr()
    assert "primary  ben" in out
    assert err == f"ops: override {identifier} is ignored: its person is not among those who can be paged\n"


def test_environment_without_rota_is_usage(ops, tmp_path):
    (tmp_path / "prod.toml").write_text(FILE.replace('"tried"', '"prod"'))
    ops.chosen.__dict__["settings"] = load("prod", tmp_path)
    with pytest.raises(UsageError, match="has no rota"):
        ops.run("who")
