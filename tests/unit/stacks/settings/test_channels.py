"""Tables `[[alerts.channels]]`: what is refused, and to whom the rest goes."""

import re
from pathlib import Path

import pytest

from lambdas.notify.channel import Channel, Store
from lambdas.notify.channels import KINDS, renderer
from lambdas.test_alert.recipients import Recipients
from lambdas.vocabulary.levels import Level
from stacks.settings import SettingsError, load
from stacks.settings.channels import RENDERED

PROD = Path("environments/prod.toml").read_text()


def loaded(tmp_path, *tables):
    text = "".join(f"[[alerts.channels]]\n{table}\n" for table in tables)
    (tmp_path / "prod.toml").write_text(PROD.replace("[database]", f"{text}[database]", 1))
    return load("prod", tmp_path).alerts


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('name = "x"', r'alerts.channels\[0\].kind: is missing; must be one of "email", "sms", "slack"'),
        ('name = "x"\nkind = "fax"', r'alerts.channels\[0\].kind = "fax": must be one of "email"'),
        ('name = "x"\nkind = "sms"\nnumbers = ["0415"]', r'numbers\[0\] = "0415": must be a telephone number'),
        ('name = "x"\nkind = "webhook"\nurl = "http://h/"\nsecret = "s"', "must have a url that begins with https://"),
        ('name = "x"\nkind = "webhook"\nurl = "https://u:p@h/"\nsecret = "s"', "looks like a secret"),
        ('name = "x"\nkind = "pagerduty"', "must have either secret or parameter"),
        ('name = "x"\nkind = "pagerduty"\nsecret = "a"\nparameter = "b"', "must have either secret or parameter"),
        ('name = "x"\nkind = "pagerduty"\nsecrets = "a"', "secrets: no such setting; did you mean secret?"),
        (
            'name = "x"\nkind = "email"\naddresses = ["a@b.example"]\nlevels = ["urgent"]',
            r'levels\[0\] = "urgent": must be one of "critical", "high", "medium", "low"',
        ),
        ('name = "sns"\nkind = "sms"\nnumbers = ["+14155550100"]', "must not use the name 'sns'"),
    ],
)
def test_unusable_channel_is_refused(tmp_path, table, said):
    """A channel that cannot work is refused in one line."""
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, table)
    assert re.search(said, str(error.value))


def test_two_channels_of_one_name_are_refused(tmp_path):
    table = 'name = "x"\nkind = "sms"\nnumbers = ["+14155550100"]'
    with pytest.raises(SettingsError, match="must not repeat the name 'x'"):
        loaded(tmp_path, table, table)


def test_too_many_channels_are_refused(tmp_path):
    """Channels that do not fit into a function are refused."""
    long = "x" * 500
    tables = [f'name = "c{n}"\nkind = "webhook"\nurl = "https://h/{long}"\nsecret = "s"' for n in range(5)]
    with pytest.raises(SettingsError, match=r"alerts.channels.*must be 3000 characters in all at most .*room for 4 KB"):
        loaded(tmp_path, *tables)
    assert len(loaded(tmp_path, *tables[:4]).channels) == 4


def test_test_alert_knows_recipients(tmp_path):
    """A test alert knows whom each level is for."""
    alerts = loaded(
        tmp_path,
        'name = "a"\nkind = "slack"\nworkspace_id = "T0123ABCD"\nchannel_id = "C0123ABCD"\nlevels = ["low"]',
        'name = "b"\nkind = "slack"\nworkspace_id = "T0123ABCD"\nchannel_id = "C0123ABCE"\nlevels = ["low"]',
        'name = "pager"\nkind = "pagerduty"\nparameter = "/junkos/pager"',
        'name = "c"\nkind = "sms"\nnumbers = ["+14155550100"]',
    )
    assert alerts.recipients(Level.CRITICAL) == Recipients(Level.CRITICAL, ("pager", "sns"), email=1, sms=1, https=0)
    assert alerts.recipients(Level.LOW) == Recipients(Level.LOW, ("sns",), email=1, sms=0, https=1)


def test_an_address_gets_each_level_once(tmp_path):
    alerts = loaded(
        tmp_path,
        'name = "a"\nkind = "email"\naddresses = ["oncall@junkos.example", "boss@b.example"]\nlevels = ["critical"]',
        'name = "b"\nkind = "sms"\nnumbers = ["+14155550100"]',
    )
    assert alerts.addresses(Level.CRITICAL) == ["oncall@junkos.example", "boss@b.example"]
    assert alerts.addresses(Level.LOW) == ["oncall@junkos.example"]
    assert alerts.numbers(Level.CRITICAL) == ["+14155550100"]
    assert alerts.numbers(Level.HIGH) == []


def test_function_reads_channel_unchanged(tmp_path):
    """The function reads a channel as the file has it."""
    alerts = loaded(tmp_path, 'name = "pager"\nkind = "pagerduty"\nparameter = "/junkos/pager"')
    (channel,) = (Channel.from_json(each.rendered_for().to_json()) for each in alerts.rendered)
    assert channel == Channel(
        "pager",
        "pagerduty",
        (Level.CRITICAL,),
        Store.PARAMETER,
        "/junkos/pager",
        url="https://events.pagerduty.com/v2/enqueue",
    )


def test_listed_renderers_have_settings():
    """Every folder with a renderer is listed and has settings."""
    folders = {path.parent.name for path in Path("lambdas/notify/channels").glob("*/render.py")}
    assert KINDS.keys() == RENDERED.keys() == folders
    assert all(RENDERED[kind].model_fields["kind"].annotation.__args__ == (kind,) for kind in KINDS)
    assert all(renderer(kind) is KINDS[kind].requests for kind in KINDS)
