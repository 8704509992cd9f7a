"""What runs once at the end of a first deployment, and that it is the end."""

import json
from dataclasses import dataclass

import aws_cdk
import pytest

from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized


@dataclass
class Ran:
    stack: str
    properties: dict
    after: list

    @property
    def folders(self):
        return [name for kind in ("CHECKS", "JOBS") for name in json.loads(self.properties[kind])]


def first_run(assembly):
    found = {key: one for key, one in resources_of(assembly).items() if one["Type"] == "Custom::FirstRun"}
    ((stack, _), resource), *others = found.items()
    assert not others
    return Ran(stack, resource["Properties"], resource["DependsOn"])


def functions_of(environment):
    app = new_app()
    compose(app, environment)
    run = first_run(app.synth())
    return {name.removeprefix(f"junkos-{environment.name}-") for name in run.folders}


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_runs_functions_deployed_before_it(name):
    """It runs functions that are deployed before it."""
    assembly = synthesized(name)
    run = first_run(assembly)
    by_name = {
        one["FunctionName"]: key
        for key, one in of_type(resources_of(assembly), "AWS::Lambda::Function").items()
        if "FunctionName" in one
    }
    before = {
        it.stack_name
        for it in assembly.get_stack_by_name(run.stack).dependencies
        if isinstance(it, aws_cdk.cx_api.CloudFormationStackArtifact)
    }
    for function in run.folders:
        stack, logical_id = by_name[function]
        assert stack in before or (stack == run.stack and logical_id in run.after), function


@pytest.mark.slow
def test_only_existing_database_is_backed_up():
    """The made one is empty: its backup fails until the tables are there that the settings name."""
    staging = load("staging")
    assert {"database-backup", "recovery-check", "error-budget", "database-check"} <= functions_of(staging)
    prod = load("prod")
    assert prod.database.critical_tables
    assert "database-backup" not in functions_of(prod)
    bare = prod.database.model_copy(update={"critical_tables": ()})
    assert "database-backup" in functions_of(prod.model_copy(update={"database": bare}))


@pytest.mark.slow
def test_what_is_not_deployed_is_not_run():
    prod = load("prod")
    nothing = prod.uptime.model_copy(update={"endpoints": ()})
    assert "health-check" in functions_of(prod)
    assert "health-check" not in functions_of(prod.model_copy(update={"uptime": nothing}))


def test_an_environment_can_do_without_it():
    resources = resources_of(synthesized("local"))
    assert "Custom::FirstRun" not in {one["Type"] for one in resources.values()}
