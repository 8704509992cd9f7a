"""Which sources a function's settings name."""

import pytest

from lambdas.operator_view.reading import sources_of
from lambdas.operator_view.settings import Settings
from tests.unit.lambdas.shared.incidents.story import ROTA

FUNCTIONS = {"environment": "prod", "view_function": "view", "action_function": "action"}
ERRORS = {"table": "errors", "bucket": "bucket", "projects": ("api",)}
INCIDENTS = {
    "incidents_table": "incidents",
    "reviews": "https://console.example/",
    "incident_function": "incident",
    "rota": ROTA.to_json(),
    "people": ROTA.people,
}


@pytest.mark.parametrize(("errors", "incidents"), [(ERRORS, {}), ({}, INCIDENTS), (ERRORS, INCIDENTS)])
def test_sources_are_those_of_the_settings(monkeypatch, errors, incidents):
    """As they come through the environment's variables."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    settings = Settings.from_environment(Settings(**FUNCTIONS, **errors, **incidents).to_environment())
    found = sources_of(settings)
    assert (found.errors is not None, found.incidents is not None) == (bool(errors), bool(incidents))
    if incidents:
        assert (found.incidents.rota, found.incidents.people) == (ROTA, ROTA.people)
        assert (found.incidents.table.name, found.incidents.reviews) == ("incidents", "https://console.example/")
