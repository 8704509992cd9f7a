"""Endpoints that cannot be probed, and secrets that do not belong into the file, are refused by name."""

import pytest

from lambdas.health_check.endpoints import endpoint_from
from stacks.settings import SettingsError, load
from stacks.settings.uptime import MonitoredEndpoint

FILE = """
name = "tried"
region = "us-east-1"
owner = "team"
[alerts]
email = ["a@example.com"]
[database]
mode = "external"
name = "junkos"
url_secret = "junkos/url"
"""
API = '[[uptime.endpoints]]\nname = "api"\nurl = "https://api.example.com/health"\n'
UPTIME = "[uptime]\n"


def tried(tmp_path, text):
    (tmp_path / "tried.toml").write_text(FILE + text)
    return load("tried", tmp_path)


def refusal(tmp_path, text):
    with pytest.raises(SettingsError) as refused:
        tried(tmp_path, text)
    return str(refused.value).removeprefix(f"{tmp_path}/")


def test_endpoint_needs_name_and_url(tmp_path):
    """An endpoint needs a name and a url."""
    (endpoint,) = tried(tmp_path, API).uptime.endpoints
    assert (endpoint.method, endpoint.timeout_s, endpoint.slow_s, endpoint.public) == ("GET", 30, 3, True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            API.replace("https:", "ftp:"),
            (
                'uptime.endpoints[0].url = "ftp://api.example.com/health": must be an http or https URL'
                " without user and password, such as https://api.example.com/"
            ),
        ),
        (
            API + "timeout_s = 90\n",
            "uptime.endpoints[0].timeout_s = 90: must be a number of seconds above 0, at most 60",
        ),
        (API + "slow_s = 31\n", "slow_s and timeout_s must be 0 < slow_s < timeout_s <= 60"),
        (API + 'expected_status = ["2xx"]\n', "expected_status '2xx' is neither like 200 nor like '200-299'"),
        (API + 'conditions = [{ path = "a[", equals = 1 }]\n', "condition path 'a[' is not a JMESPath expression"),
        (UPTIME + 'status_page_accent = "#9ec5fe"\n' + API, "has a contrast of 1.6 with the light page"),
        (UPTIME + 'status_page_accent_dark = "#1d4f91"\n' + API, "has a contrast of 2.0 with the dark page"),
        (UPTIME + 'status_page_accent = "red"\n' + API, "must be a colour such as #1d4f91, in lower case"),
        (UPTIME + 'status_page_logo = "logo.gif"\n' + API, "must be a path that ends with .svg or .png"),
        (API + API, "must not repeat the name 'api'"),
        (API.replace('"api"', '"a b"') + API.replace('"api"', '"a-b"'), "must not repeat the name 'a-b'"),
        (API + "certificate_warning_days = [7, 7]\n", "must be 5 different days at most, each from 1 to 398"),
        (API + "certificate_warning_days = [30, 0]\n", "must be 5 different days at most, each from 1 to 398"),
        (
            '[uptime]\nprobe_regions = ["us-east-1"]\nquorum = 2\n',
            "probe_regions must not name the home region (us-east-1)",
        ),
        (
            '[uptime]\nendpoints = "api"\n',
            'uptime.endpoints = "api": must be sections of their own, [[uptime.endpoints]]',
        ),
        ('[uptime]\nprobe_regions = ["eu-west-1"]\n', "uptime.quorum = 1: must be 2 or more with several regions"),
        ('[uptime]\nplaces = ["eu-west-1"]\nquorum = 2\n', "uptime.places: is now called probe_regions"),
        ("[uptime]\nquorum = 2\n", "uptime.quorum = 2: must not be more than the regions that probe (1"),
        ("[uptime]\nendpoint = 1\n", "uptime.endpoint: no such setting; did you mean endpoints?"),
    ],
)
def test_wrong_entry_is_one_line(tmp_path, text, line):
    """A wrong entry is one line that names it."""
    found = refusal(tmp_path, text)
    assert found.startswith("tried.toml: uptime")
    assert line in found
    assert "\n" not in found


@pytest.mark.parametrize("header", ["Authorization", "Cookie", "X-Api-Key", "X-Auth-Token"])
def test_header_secret_is_refused(tmp_path, header):
    """A secret in a header is refused and not repeated."""
    found = refusal(tmp_path, API + f'headers = {{ {header} = "Bearer hunter2" }}\n')
    assert f"uptime.endpoints[0].headers.{header}: looks like a secret" in found
    assert "hunter2" not in found


def test_a_header_may_refer_to_a_secret(tmp_path):
    (endpoint,) = tried(tmp_path, API + 'headers = { Authorization = { secret = "probe" } }\n').uptime.endpoints
    assert endpoint.written()["headers"] == {"Authorization": {"secret": "probe"}}


def test_endpoint_defaults_match_the_function():
    """They are declared at the function: what the file leaves out is probed as if it were written."""
    least = {"name": "api", "url": "https://api.example/health"}
    assert endpoint_from(MonitoredEndpoint(**least).written()) == endpoint_from(least)


def test_group_is_optional(tmp_path):
    """Without one, what the functions are given is as it was before there were groups."""
    (plain,) = tried(tmp_path, API).uptime.endpoints
    (grouped,) = tried(tmp_path, API + 'group = "For customers"\n').uptime.endpoints
    assert "group" not in plain.written()
    assert endpoint_from(grouped.written()).group == "For customers"


def test_readable_accents_are_fine(tmp_path):
    uptime = tried(
        tmp_path, UPTIME + 'status_page_accent = "#7a3fb0"\nstatus_page_accent_dark = "#c9a4f0"\n' + API
    ).uptime
    assert (uptime.status_page_accent, uptime.status_page_accent_dark) == ("#7a3fb0", "#c9a4f0")
