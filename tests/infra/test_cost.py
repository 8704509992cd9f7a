"""What the environments cost, by their templates."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.prices import Price
from cost.templates import Templates
from tests.infra.conftest import ENVIRONMENTS, WITH_ON_CALL, synthesized


def month(name):
    return month_of(Templates.in_assembly(synthesized(name)), Assumptions())


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_resource_has_a_known_cost(name):
    """Of every environment it is known what each thing costs."""
    assert month(name).environment.listed > 0


def test_production_costs_less_than_ten_dollars():
    """Production costs less than ten dollars besides its database."""
    assert month("prod").environment.due < 10


@pytest.mark.slow
def test_on_call_adds_less_than_a_dollar():
    """Being on call adds less than a dollar a month, as the readme says; text messages are by country."""
    assert "it is under $1 more, text messages aside" in " ".join(Path("README.md").read_text().split())
    items = month(WITH_ON_CALL).environment.items
    texts = sum(item.due for item in items if item.price in {Price.SMS, Price.SMS_NUMBER})
    added = sum(item.due for item in items) - texts - month("prod").environment.due
    assert 0.5 < added < 1


def test_readme_states_the_figures():
    """The three figures are as the readme says."""
    production = month("prod")
    text = " ".join(Path("README.md").read_text().split())
    assert "under $20 a month by the list price, under $10 after the free tier" in text
    assert "GuardDuty is under $4 more" in text
    assert production.environment.listed < 20
    assert production.environment.due < 10
    assert production.guardduty.due < 4


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_metric_has_a_reader(name):
    """No metric is paid for that nobody looks at."""
    uses = [use.what for item in month(name).environment.items if item.price is Price.METRIC for use in item.uses]
    assert [what for what in uses if "nobody looks at it" in what] == []


def test_the_dashboard_stays_within_what_is_free():
    assert Price.LARGE_DASHBOARD not in {item.price for item in month("prod").environment.items}


@pytest.mark.slow
def test_ops_prints_cost_without_node(tmp_path):
    """Ops prints it from any folder without a node on the path."""
    command = [sys.executable, "-m", "ops", "staging", "cost", "--json"]
    variables = {"PATH": "", "PYTHONPATH": str(Path.cwd())}
    printed = subprocess.check_output(command, cwd=tmp_path, env=variables, text=True)
    found = json.loads(printed)
    assert found["environment"] == "staging"
    assert found["besides_database"]["less_free"] == pytest.approx(month("staging").environment.due)
