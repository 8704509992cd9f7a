"""The rota as the file has it; what cannot be is refused in one line that names it."""

from datetime import UTC, date, datetime

import pytest

from lambdas.vocabulary.on_call import Override, Person, Rota, Step
from stacks.settings import SettingsError, load

FILE = """
name = "tried"
region = "us-east-1"
owner = "team"
[database]
mode = "external"
name = "junkos"
url_secret = "junkos/url"
[alerts]
email = ["a@example.com"]
"""
CHANNELS = """
[[alerts.channels]]
kind = "slack_webhook"
name = "team-chat"
parameter = "/junkos/chat"
[[alerts.channels]]
kind = "pagerduty"
name = "pager"
parameter = "/junkos/pager"
"""
ROTA = """
[on_call]
timezone = "Europe/Berlin"
handoff = "monday 09:00"
people = ["ana", "ben", "cem"]
start = 2026-11-02
[[on_call.person]]
name = "ana"
email = "ana@example.com"
phone = "+4915112345678"
slack = "U0123ABCD"
[[on_call.person]]
name = "ben"
email = "ben@example.com"
parameter = "/junkos/on-call/ben"
[[on_call.person]]
name = "cem"
phone = "+4915112345679"
"""
CHRISTMAS = """
[[on_call.override]]
instead_of = "ben"
person = "cem"
from = 2026-12-24T09:00:00
until = 2026-12-28T09:00:00
"""
APP = """
[on_call.slack]
token_parameter = "/junkos/slack/token"
channel_id = "C0123ABCD"
signing_secret_parameter = "/junkos/slack/signing"
"""


def tried(tmp_path, text):
    (tmp_path / "tried.toml").write_text(FILE + text)
    return load("tried", tmp_path)


def refusal(tmp_path, text):
    with pytest.raises(SettingsError) as refused:
        tried(tmp_path, text)
    return str(refused.value).removeprefix(f"{tmp_path}/tried.toml: ")


def test_nobody_is_on_call_by_default(tmp_path):
    assert tried(tmp_path, "").on_call is None


def test_rota_is_read(tmp_path):
    """With the design's three steps where none is written."""
    on_call = tried(tmp_path, ROTA + CHRISTMAS).on_call
    away = Override("cem", datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2026, 12, 28, 8, tzinfo=UTC), "ben")
    assert on_call.rota() == Rota("Europe/Berlin", 0, "09:00", date(2026, 11, 2), ("ana", "ben", "cem"), (away,))
    assert on_call.persons() == (
        Person("ana", by_mail=True, by_text=True, slack="U0123ABCD"),
        Person("ben", by_mail=True, by_text=True),
        Person("cem", by_mail=False, by_text=True),
    )
    assert on_call.steps() == (Step(("primary",), 15), Step(("backup",), 15), Step(("everybody",), 15))
    assert (on_call.escalation.by, on_call.confirm_minutes, on_call.link_days, on_call.slack) == ("us", 15, 7, None)
    assert (on_call.remind_minutes.critical, on_call.remind_minutes.high) == (30, 120)


def test_vocabulary_is_read_back(tmp_path):
    """As the functions are given it."""
    on_call = tried(tmp_path, ROTA + CHRISTMAS).on_call
    assert Rota.from_json(on_call.rota().to_json()) == on_call.rota()
    assert [Person.from_json(each.to_json()) for each in on_call.persons()] == [*on_call.persons()]


def test_functions_get_no_address(tmp_path):
    on_call = tried(tmp_path, ROTA + CHRISTMAS).on_call
    given = on_call.rota().to_json() + "".join(each.to_json() for each in on_call.persons())
    assert "@" not in given
    assert "+49" not in given


def test_everything_may_be_set(tmp_path):
    more = 'quiet_hours = "22:00-07:00"\nremind_minutes = { critical = 10, high = 60 }\nconfirm_minutes = 5\n'
    text = ROTA.replace("[on_call]\n", f'[on_call]\n{more}heartbeat_parameter = "/junkos/heartbeat"\n')
    steps = '[[on_call.step]]\nwho = ["primary", "cem"]\nminutes = 5\n[[on_call.step]]\nwho = ["everybody"]\n'
    by = '[on_call.escalation]\nby = "pagerduty"\n'
    on_call = tried(tmp_path, CHANNELS + text + steps + by + APP).on_call
    assert on_call.steps() == (Step(("primary", "cem"), 5), Step(("everybody",), 15))
    assert (on_call.quiet_hours, on_call.remind_minutes.critical) == ("22:00-07:00", 10)
    assert (on_call.slack.channel_id, on_call.escalation.by) == ("C0123ABCD", "pagerduty")


def test_slack_channel_may_be_of_alerts(tmp_path):
    on_call = tried(tmp_path, f'{CHANNELS}{ROTA}[on_call.slack]\nchannel = "team-chat"\n').on_call
    assert on_call.slack.channel == "team-chat"


def test_ambiguous_time_has_an_offset(tmp_path):
    """02:30 comes twice on 25 October 2026."""
    text = CHRISTMAS.replace("2026-12-24T09:00:00", "2026-10-25T02:30:00+01:00")
    assert tried(tmp_path, ROTA + text).on_call.rota().overrides[0].start == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_overrides_may_touch(tmp_path):
    """Half-open: one begins when the other ends."""
    second = CHRISTMAS.replace("2026-12-28", "2026-12-30").replace("2026-12-24", "2026-12-28")
    assert len(tried(tmp_path, ROTA + CHRISTMAS + second).on_call.rota().overrides) == 2


def override(*replacements):
    text = ROTA + CHRISTMAS
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ROTA.replace("2026-11-02", '"monday"'), 'on_call.start = "monday": must be a date without quotes'),
        (ROTA.replace("start = 2026-11-02\n", ""), "on_call.start: is missing; must be a date without quotes"),
        (ROTA.replace("Europe/Berlin", "Europe/Berlyn"), 'on_call.timezone = "Europe/Berlyn": is not a time zone'),
        (
            ROTA.replace("monday 09:00", "monday 24:00"),
            'on_call.handoff = "monday 24:00": must be a weekday and a time',
        ),
        (ROTA.replace("monday 09:00", "someday 09:00"), 'on_call.handoff = "someday 09:00": must be a weekday and a'),
        (ROTA.replace('"ana", "ben", "cem"', '"ana"'), "on_call.people: must be two or more"),
        (ROTA.replace('"ben", "cem"]', '"ana"]'), 'on_call.people = ["ana", "ana"]: must not repeat \'ana\''),
        (ROTA.replace('"ben", "cem"]', '"dora"]'), "on_call.people: 'dora' is no [[on_call.person]] (there are: ana,"),
        (ROTA.replace('name = "cem"', 'name = "ana"'), "on_call.person: must not repeat the name 'ana'"),
        (
            ROTA.replace('name = "cem"', 'name = "backup"'),
            "must not be primary, backup, everybody: steps call those on call so",
        ),
        (
            ROTA.replace('phone = "+4915112345679"\n', ""),
            "on_call.person[2].email: is missing, and so are phone and parameter: cem could not be paged",
        ),
        (
            ROTA.replace('slack = "U', 'parameter = "/junkos/ana"\nslack = "U'),
            "on_call.person[0].phone: must not stand beside parameter, which has the number",
        ),
        (ROTA.replace("+4915112345679", "0151"), 'on_call.person[2].phone = "0151": must be a telephone number such'),
        (ROTA.replace("U0123ABCD", "@ana"), 'on_call.person[0].slack = "@ana": must be the id of a member'),
        (
            override(('person = "cem"', 'person = "dora"')),
            "on_call.override[0].person: 'dora' is no [[on_call.person]]",
        ),
        (override(('_of = "ben"', '_of = "bea"')), "on_call.override[0].instead_of: 'bea' is no [[on_call.person]]"),
        (override(('_of = "ben"', '_of = "cem"')), "on_call.override[0].person: must be somebody else than instead_of"),
        (override(("12-28T09", "12-24T09")), "on_call.override[0].until: must be later than from"),
        (
            override(("2026-12-24T09:00:00", "2026-03-29T02:30:00")),
            (
                "on_call.override[0].from: 2026-03-29T02:30:00 does not exist in Europe/Berlin, where clocks go forward"
                " then: write 2026-03-29T03:30:00"
            ),
        ),
        (
            override(("2026-12-28T09:00:00", "2027-10-31T02:30:00")),
            (
                "on_call.override[0].until: 2027-10-31T02:30:00 exists twice in Europe/Berlin, where clocks go back"
                " then: write 2027-10-31T02:30:00+02:00 or 2027-10-31T02:30:00+01:00"
            ),
        ),
        (override(("from = 2026-12-24T09:00:00\n", "")), "on_call.override[0].from: is missing; must be a local time"),
        (override(("2026-12-24T09:00:00", "2026-12-24")), 'on_call.override[0].from = "2026-12-24": must be a local'),
        (override(("person =", "form = 1\nperson =")), "on_call.override[0].form: no such setting; did you mean from?"),
        (
            ROTA + CHRISTMAS + CHRISTMAS.replace("24T", "26T").replace('"cem"', '"ana"'),
            "on_call.override: two replace 'ben' at 2026-12-26T09:00:00+01:00: let one end first",
        ),
        (
            ROTA + '[[on_call.step]]\nwho = ["everybody"]\nminutes = 0\n',
            "on_call.step[0].minutes = 0: must be between 1 and 1440",
        ),
        (ROTA + '[[on_call.step]]\nwho = ["dora"]\n', "on_call.step[0].who: 'dora' is no [[on_call.person]]"),
        (
            ROTA + '[[on_call.step]]\nwho = ["everybody"]\n[[on_call.step]]\nwho = ["backup"]\n',
            'on_call.step[1].who: must have "everybody", as it is the last step',
        ),
        (ROTA + '[on_call.escalation]\nby = "pagerduty"\n', 'on_call.escalation.by: "pagerduty" needs one of [[alerts'),
        (
            f'{CHANNELS}{ROTA}[on_call.slack]\nchannel = "pager"\n',
            'on_call.slack.channel: "pager" is no [[alerts.channels]] of kind = "slack_webhook" (there are: team-chat)',
        ),
        (f'{ROTA}{APP}channel = "team-chat"\n', "on_call.slack.channel: must not stand beside token_parameter"),
        (
            ROTA + APP.replace('signing_secret_parameter = "/junkos/slack/signing"\n', ""),
            "on_call.slack.signing_secret_parameter: is missing: an app needs token_parameter, channel_id,",
        ),
        (
            ROTA.replace("[on_call]\n", '[on_call]\nquiet_hours = "22-7"\n'),
            'on_call.quiet_hours = "22-7": must be a time',
        ),
        (
            ROTA.replace("[on_call]\n", '[on_call]\nquiet_hours = "22:00-22:00"\n'),
            'on_call.quiet_hours = "22:00-22:00": must be a time of the day',
        ),
    ],
)
def test_wrong_entry_is_one_line(tmp_path, text, line):
    """Which names the setting, and holds nobody's address or number but a mistyped one."""
    found = refusal(tmp_path, text)
    assert line in found
    assert "\n" not in found
    assert "@example.com" not in found
    assert "+4915" not in found
