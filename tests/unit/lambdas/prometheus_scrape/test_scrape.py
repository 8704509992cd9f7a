"""What becomes of an answer."""

import re

import pytest

from lambdas.prometheus_scrape.errors import ScrapeError
from tests.unit.lambdas.prometheus_scrape.situation import BEFORE, Job, counter, gauge, histogram

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@pytest.fixture
def job(capsys):
    return lambda *series, **more: Job(capsys, series, **more)


def test_gauge_is_published_as_it_is(job):
    api = job(gauge())
    assert api.scrape("# HELP lag_seconds How late\n# TYPE lag_seconds gauge\nlag_seconds 0.011\nother 3\n") == (
        {"lag_seconds": 0.011},
        [],
    )
    (line,) = api.lines
    assert line["_aws"] == {
        "Timestamp": 1795424400000,
        "CloudWatchMetrics": [
            {
                "Namespace": "JunkOS/Prometheus",
                "Dimensions": [["environment", "job"]],
                "Metrics": [{"Name": "lag_seconds", "Unit": "Seconds"}],
            }
        ],
    }
    assert (line["environment"], line["job"]) == ("prod", "api")


def test_counter_is_what_was_added(job):
    api = job(counter())
    assert api.scrape(f"{BEFORE}# TYPE requests_total counter\nrequests_total 100\n") == ({}, [])
    assert api.scrape(f"{BEFORE}# TYPE requests_total counter\nrequests_total 130\n") == ({"requests_total": 30}, [])
    assert api.scrape(f"{BEFORE}# TYPE requests_total counter\nrequests_total 130\n") == ({"requests_total": 0}, [])


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("# TYPE requests_total counter\nrequests_total %d\n", "text/plain"),
        ("# TYPE requests counter\nrequests_total %d\nrequests_created 1\n# EOF\n", OPENMETRICS),
        ("requests_total %d\n", "text/plain"),
    ],
)
def test_both_formats_name_counters_alike(job, text, content_type):
    api = job(counter())
    process = "# TYPE process_start_time_seconds gauge\n" + BEFORE
    api.scrape(process + text % 5, content_type)
    assert api.scrape(process + text % 7, content_type) == ({"requests_total": 2}, [])


@pytest.mark.parametrize("kind", ["summary", "histogram"])
def test_count_of_a_summary_is_a_counter(job, kind):
    api = job(counter("duration_seconds_count"))
    text = f"{BEFORE}# TYPE duration_seconds {kind}\nduration_seconds_sum 1\nduration_seconds_count %d\n"
    api.scrape(text % 5)
    assert api.scrape(text % 7) == ({"duration_seconds_count": 2}, [])


def test_quantiles_are_gauges_when_kept(job):
    text = '# TYPE x summary\nx{quantile="0.5"} 1\nx{quantile="0.9"} 2\nx_sum 3\nx_count 4\n'
    assert job(gauge("x", labels=("quantile",))).scrape(text) == ({"x 0.5": 1, "x 0.9": 2}, [])


def test_labels_are_opt_in(job):
    """Without them counters are added up, and gauges are several values of one metric."""
    text = f'{BEFORE}requests_total{{route="/a",status="200"}} %d\nrequests_total{{route="/b",status="500"}} %d\n'
    api = job(counter(), counter(labels=("route",)))
    api.scrape(text % (10, 20))
    assert api.scrape(text % (11, 23))[0] == {"requests_total": 4, "requests_total /a": 1, "requests_total /b": 3}
    assert job(gauge("open")).scrape('open{pool="a"} 1\nopen{pool="b"} 2\n')[0] == {"open": [1, 2]}


def test_combinations_are_bounded(job):
    text = BEFORE + "".join(f'requests_total{{route="/{number}"}} {number}\n' for number in range(11))
    found, faults = job(counter(labels=("route",)), counter()).scrape(text)
    assert (found, len(faults)) == ({}, 1)
    assert "11 combinations of route, and 10 may be paid for: keep fewer labels, or raise combinations" in faults[0]


def test_new_combination_began_at_zero(job):
    """A series that was not asked for before has counted for longer."""
    api = job(counter(labels=("route",)))
    api.scrape(f'{BEFORE}requests_total{{route="/a"}} 5\n')
    text = f'{BEFORE}requests_total{{route="/a"}} 5\nrequests_total{{route="/b"}} 2\nerrors_total 90\n'
    assert api.scrape(text)[0] == {"requests_total /a": 0, "requests_total /b": 2}
    api.series = (*api.series, counter("errors_total"))
    assert "errors_total" not in api.scrape(text)[0]
    assert api.scrape(text)[0]["errors_total"] == 0


BUCKETS = """duration_seconds_bucket{{le="0.1"}} {0}
duration_seconds_bucket{{le="0.5"}} {1}
duration_seconds_bucket{{le="+Inf"}} {2}
duration_seconds_sum {3}
duration_seconds_count {2}
"""


def test_histogram_is_values_and_counts(job):
    """Each value counts as its bucket's upper bound, and beyond the last one as that."""
    api = job(histogram())
    api.scrape(f"{BEFORE}# TYPE duration_seconds histogram\n{BUCKETS.format(1, 2, 3, 4.0)}")
    found, faults = api.scrape(f"{BEFORE}# TYPE duration_seconds histogram\n{BUCKETS.format(5, 9, 11, 7.5)}")
    assert found == {
        "duration_seconds": {
            "Values": [0.1, 0.5],
            "Counts": [4, 4],
            "Max": 0.5,
            "Min": 0.1,
            "Count": 8,
            "Sum": 3.5,
        }
    }
    assert faults == []
    assert api.scrape(f"{BEFORE}{BUCKETS.format(5, 9, 11, 7.5)}") == ({}, [])


def test_more_than_a_hundred_buckets_are_two_lines(job):
    """CloudWatch refuses a line with more than a hundred values; the sum is in the first."""

    def text(count):
        lines = [f'duration_seconds_bucket{{le="{bound}"}} {count * bound}' for bound in range(1, 151)]
        return BEFORE + "\n".join(
            [*lines, f'duration_seconds_bucket{{le="+Inf"}} {count * 150}', f"duration_seconds_sum {count}\n"]
        )

    api = job(histogram())
    api.scrape(text(0))
    first, second = api.scrape(text(2))[0]["duration_seconds"]
    assert [len(part["Values"]) for part in (first, second)] == [100, 50]
    assert sum(first["Counts"] + second["Counts"]) == 300
    assert (first["Sum"], second["Sum"]) == (2, 0)


@pytest.mark.parametrize(
    ("series", "text", "said"),
    [
        (gauge(), "lag 1\n", "it is not there"),
        (gauge(), "# TYPE lag_seconds counter\nlag_seconds 1\n", 'it is a counter and no gauge: set kind = "counter"'),
        (gauge(), "lag_seconds +Inf\n", "its value is inf"),
        (gauge(), "lag_seconds 1\nlag_seconds 2\n", "twice with the same labels"),
        (gauge("x"), '# TYPE x summary\nx{quantile="0.5"} 1\n', "it is a summary and no gauge"),
        (counter(), "requests_total NaN\n", "it counted nan"),
        (counter(), "requests_total -1\n", "it counted -1"),
        (histogram(), 'duration_seconds_bucket{le="1"} 1\n', "no bucket without an end"),
        (histogram(), 'duration_seconds_bucket{le="a"} 1\n', "has no bound"),
        (histogram(), "duration_seconds_bucket 1\n", "has no bound"),
        (histogram(), BUCKETS.format(3, 2, 1, 0), "do not add up"),
        (histogram(alarm_above=0.5), BUCKETS.format(1, 2, 3, 4), "its last bucket ends at or below its alarm's"),
    ],
)
def test_faulty_series_costs_the_others_nothing(job, series, text, said):
    found, faults = job(series, gauge("fine")).scrape(f"{BEFORE}{text}fine 1\n")
    assert (found, len(faults)) == ({"fine": 1}, 1)
    assert faults[0].startswith(f"api, {series.name}: ")
    assert said in faults[0]


def test_nan_gauge_says_nothing(job):
    """It is how clients say that they know nothing."""
    assert job(gauge()).scrape("lag_seconds NaN\n") == ({}, [])


def test_registered_counter_without_samples_is_no_fault(job):
    assert job(counter()).scrape(f"{BEFORE}# TYPE requests_total counter\n") == ({}, [])


@pytest.mark.parametrize(
    ("text", "content_type", "said"),
    [
        ("<!doctype html><title>Sign in</title>", "text/html", "a page of HTML"),
        ("\n <html>", "text/plain", "a page of HTML"),
        ("lag_seconds not-a-number\n", "text/plain", "its answer is malformed"),
        ('lag_seconds{a="b 1\n', "text/plain", "its answer is malformed"),
        ("# TYPE lag_seconds gauge\nlag_seconds 1\n", OPENMETRICS, "its answer has no end"),
        ("# TYPE lag_seconds gauge\nlag_seconds 1 1 1 1\n# EOF\n", OPENMETRICS, "its answer is malformed"),
        ("# TYPE lag_seconds gauge\nlag_seconds 1\n# TYPE lag_seconds counter\n", "text/plain", "two TYPE lines"),
        ("".join(f'lag_seconds{{a="{number}"}} 1\n' for number in range(20_001)), "text/plain", "20000 lines"),
    ],
)
def test_answer_that_cannot_be_read_is_one_fault(job, text, content_type, said):
    found, faults = job(gauge(), counter()).scrape(text, content_type)
    assert (found, len(faults)) == ({}, 1)
    assert said in faults[0]


def test_unreachable_endpoint_counts_as_a_fault(job):
    api = job(gauge())
    assert api.scrape(ScrapeError("it does not accept connections")) == (
        {},
        ["api: it does not accept connections"],
    )
    assert [line["scrape_faults"] for line in api.lines if "scrape_faults" in line] == [[1.0]]


@pytest.mark.parametrize(
    ("value", "dimension"),
    [
        ("", "none"),
        (" \\n", "none"),
        ("/orders/é\x07", "/orders/??"),
        ("a" * 5000, "a" * 200),
        ("postgres://u:hunter22@db/x", "postgres://u:***@db/x"),
        ('"} 5\\n', '"} 5'),
    ],
)
def test_hostile_label_values_are_made_plain(job, value, dimension):
    written = value.replace('"', '\\"')
    found, faults = job(gauge(labels=("route",))).scrape(f'lag_seconds{{route="{written}"}} 1\n')
    assert faults == []
    (name,) = found
    assert re.sub(r"\*+", "***", name.partition(" ")[2]) == dimension


def test_prefixed_start_time_is_found(job):
    api = job(counter())
    api.scrape("shop_process_start_time_seconds 1760000000\nrequests_total 1\n")
    assert api.scrape("shop_process_start_time_seconds 1760000000\nrequests_total 3\n") == ({"requests_total": 2}, [])
