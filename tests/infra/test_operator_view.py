"""The operator's view with errors, with incidents, and with both."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from lambdas.vocabulary.on_call import Rota
from stacks.application import compose, new_app
from stacks.settings import Environment
from tests.infra.conftest import of_type, resources_of

ON_CALL = {
    "timezone": "Europe/Berlin",
    "people": ["ana", "ben"],
    "start": date(2026, 11, 2),
    "person": [{"name": name, "email": f"{name}@example.com"} for name in ("ana", "ben", "cem")],
}


def resources(*, errors, on_call):
    content = tomllib.loads(Path("environments/local.toml").read_text())
    content["errors"] = {**content.get("errors", {}), "enabled": errors}
    content.pop("on_call", None)
    if on_call:
        content["on_call"] = ON_CALL
    app = new_app()
    compose(app, Environment.model_validate(content))
    return resources_of(app.synth())


def function(found, folder):
    """Its stack, and its variables."""
    (((stack, _), properties),) = (
        item
        for item in of_type(found, "AWS::Lambda::Function").items()
        if item[1]["Handler"] == f"lambdas.{folder}.handler.handler"
    )
    return stack, properties["Environment"]["Variables"]


def statements(found, folder):
    """What its role allows, as JSON: actions with their resources."""
    (policy,) = (
        one
        for (_, identifier), one in of_type(found, "AWS::IAM::Policy").items()
        if identifier.startswith(folder.replace("_", ""))
    )
    return [(each["Action"], json.dumps(each["Resource"])) for each in policy["PolicyDocument"]["Statement"]]


def allowed(found, folder, action):
    return [named for actions, named in statements(found, folder) if action in actions]


@pytest.mark.parametrize(("errors", "on_call"), [(True, False), (False, True), (True, True)])
def test_view_is_in_one_stack_always(errors, on_call):
    """So that no function's name is asked for while another stack has it still."""
    found = resources(errors=errors, on_call=on_call)
    for folder in ("operator_view", "operator_action"):
        stack, variables = function(found, folder)
        assert stack == "junkos-local-errors"
        assert ("TABLE" in variables, "INCIDENTS_TABLE" in variables) == (errors, on_call)
        tables = " ".join(allowed(found, folder, "dynamodb:Query"))
        assert "table/junkos-local-incidents" in tables if on_call else "incidents" not in tables
    invoked = allowed(found, "operator_action", "lambda:InvokeFunction")
    assert [named.count("function:junkos-local-incident") for named in invoked] == ([1] if on_call else [])
    assert allowed(found, "operator_view", "lambda:InvokeFunction") == []
    if on_call:
        assert Rota.from_json(variables["ROTA"]).people == ("ana", "ben")
        assert json.loads(variables["PEOPLE"]) == ["ana", "ben", "cem"]
    writes = allowed(found, "operator_action", "dynamodb:PutItem")
    assert not any("incidents" in named for named in writes)
