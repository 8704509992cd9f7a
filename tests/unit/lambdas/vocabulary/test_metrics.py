import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from lambdas.vocabulary.metrics import Metric, Setting, Unit, is_own, unit_of
from tests.e2e.fire_drill.aws_metrics import DOCUMENTED


@pytest.mark.parametrize("metric", [metric for metric in Metric if isinstance(metric.needs, Setting)])
def test_setting_exists_where_metric_is_published(metric):
    naming = {path.parts[1] for path in Path("lambdas").rglob("*.py") if _names(metric, path.read_text())}
    settings = [import_module(f"lambdas.{folder}.settings").Settings for folder in naming - {"vocabulary"}]
    assert any(metric.needs in {field.name for field in fields(one)} for one in settings)


def _names(metric, code):
    return re.search(rf"\bMetric\.{metric.name}\b", code) is not None


@pytest.mark.parametrize(("namespace", "name"), DOCUMENTED)
def test_units_of_aws_are_as_documented(namespace, name):
    documented = DOCUMENTED[namespace, name].unit
    assert unit_of(namespace, name) == (Unit.COUNT if documented == "None" else documented)


def test_own_metric_has_its_unit():
    """Own metric has its unit in every own namespace."""
    assert unit_of("JunkOS", "backup_age") == unit_of("JunkOS/prod", "backup_age") == Unit.SECONDS
    assert not is_own("AWS/RDS")


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("nodejs_eventloop_lag_p99_seconds", Unit.SECONDS),
        ("process_cpu_seconds_total", Unit.SECONDS),
        ("duration_seconds_sum", Unit.SECONDS),
        ("duration_seconds_count", Unit.COUNT),
        ("nodejs_heap_size_used_bytes", Unit.BYTES),
        ("http_requests_total", Unit.COUNT),
        ("pg_pool_waiting", Unit.NONE),
    ],
)
def test_unit_of_a_scraped_series_is_in_its_name(name, unit):
    assert unit_of("JunkOS/Prometheus", name) == unit


def test_unknown_own_metric_is_a_count():
    """An alarm that outlived its metric must not stop a message."""
    assert unit_of("JunkOS", "not_there_any_more") == Unit.COUNT
