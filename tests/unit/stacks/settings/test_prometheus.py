"""`[[api.prometheus]]`: what is read, what is refused, and what well-known names mean without being told."""

import pytest

from lambdas.prometheus_scrape.sources import Kind, Series, Source
from tests.unit.stacks.settings.test_uptime import refusal, tried

API = '[[api.prometheus]]\nname = "api"\nurl = "https://api.example.com/metrics"\n'
SERIES = '[[api.prometheus.series]]\nname = "requests_total"\n'


def test_endpoint_needs_name_url_and_series(tmp_path):
    (endpoint,) = tried(tmp_path, API + SERIES).api.prometheus
    assert endpoint.scraped == Source(
        "api", "https://api.example.com/metrics", (Series("requests_total", Kind.COUNTER),)
    )


def test_kind_follows_from_the_name(tmp_path):
    names = ("x_total", "x_count", "x_sum", "x_seconds", "x")
    text = API + "".join(f'[[api.prometheus.series]]\nname = "{name}"\n' for name in names)
    (endpoint,) = tried(tmp_path, text).api.prometheus
    assert [series.kind for series in endpoint.scraped.series] == ["counter"] * 3 + ["gauge"] * 2


def test_only_kept_labels_make_combinations(tmp_path):
    more = SERIES + 'labels = ["route"]\ncombinations = 50\n'
    (endpoint,) = tried(tmp_path, API + SERIES + "combinations = 50\n" + more).api.prometheus
    assert [series.most_metrics for series in endpoint.scraped.series] == [1, 50]


def test_without_tls_on_private_addresses_only(tmp_path):
    private = API.replace("https:", "http:") + "allow_private = true\n" + SERIES
    (endpoint,) = tried(tmp_path, private).api.prometheus
    assert endpoint.url.startswith("http:")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (API, "must name one series or more, in [[api.prometheus.series]]"),
        (API.replace("https:", "http:") + SERIES, "url must be https: only an endpoint with allow_private may"),
        (API.replace("//", "//user@") + SERIES, "url: looks like a secret"),
        (API + 'headers = { Host = "x" }\n' + SERIES, "header 'Host' cannot be set"),
        (API + SERIES + API + SERIES, "must not repeat the name 'api'"),
        (API + SERIES + SERIES, "must not repeat 'requests_total'"),
        (API + SERIES.replace("_", "-"), "must be a name in Prometheus' form"),
        (API + SERIES + 'labels = ["job"]\n', "must not be environment or job"),
        (API + SERIES + 'labels = ["le"]\n', "must not be environment or job, which every metric has, nor le"),
        (API + SERIES + 'labels = ["__name__"]\n', "must be a label's name, such as route"),
        (API + SERIES + 'labels = ["requests_total"]\n', "labels must not have the series' own name"),
        (API + SERIES + 'labels = ["route"]\nalarm_above = 5\n', "alarm_above needs a series without labels"),
        (API + SERIES + "alarm_above = nan\n", "alarm_above = NaN: must be a number"),
        (API + SERIES + "combinations = 101\n", "must be between 1 and 100"),
        (API + SERIES + 'kind = "summary"\n', 'must be one of "gauge", "counter", "histogram"'),
        (API + SERIES + "interval = 5\n", "no such setting"),
        (API + "".join(SERIES.replace("requests", f"r{number}") for number in range(40)), "must name fewer series"),
    ],
)
def test_bad_setting_is_named(tmp_path, text, line):
    refused = refusal(tmp_path, text)
    assert refused.startswith("tried.toml: api.prometheus")
    assert line in refused
    assert "\n" not in refused


def test_secret_in_a_header_is_refused(tmp_path):
    text = API + 'headers = { Authorization = "Bearer abc" }\n' + SERIES
    assert "looks like a secret" in refusal(tmp_path, text)
