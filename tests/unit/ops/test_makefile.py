"""What the Makefile hands to the commands behind its targets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

URL = "postgresql://user@host/name"
PYTHON = os.path.relpath(sys.executable)


def recipe_sees(*arguments: str, **variables: str) -> str:
    """DATABASE_URL as a recipe of the Makefile has it in its environment."""
    command = ["make", "--silent", "--eval", 'probe: ; @echo "$$DATABASE_URL"', "probe", *arguments]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | variables)
    return answer.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "variables", "seen"),
    [
        ([f"DATABASE_URL={URL}"], {}, URL),
        ([], {"DATABASE_URL": URL}, ""),
        ([f"DATABASE_URL={URL}"], {"DATABASE_URL": "postgresql://another"}, URL),
    ],
)
def test_database_is_read_when_needed(arguments, variables, seen):
    """A database is read only when the command names it."""
    assert recipe_sees(*arguments, **variables) == seen


CHANGING = ("bootstrap", "deploy", "diff", "import", "destroy", "mute", "unmute", "test-alert")


def dry_run(*arguments, **variables):
    """What make would run, as it answers it."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("ENV", "ENVIRONMENTS")}
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=inherited | variables, check=False)


@pytest.mark.parametrize("goal", CHANGING)
def test_nothing_is_changed_without_the_environments_name(goal):
    refused = dry_run(goal)
    assert refused.returncode
    assert f"name the environment: make {goal} ENV=prod" in refused.stderr
    assert dry_run(goal, "ENV=prod").returncode == 0
    assert dry_run(goal, ENV="prod").returncode == 0


@pytest.mark.parametrize("goal", ["bootstrap", "deploy", "diff", "import", "destroy", "synth"])
def test_each_environment_has_its_own_templates(goal):
    assert "--output cdk.out/staging -c environment=staging" in dry_run(goal, "ENV=staging").stdout


def test_the_addresses_come_last_in_a_deployment():
    last = dry_run("deploy", "ENV=prod").stdout.splitlines()[-1]
    assert last.endswith("-m stacks.deployed cdk.out/prod/outputs.json")


@pytest.mark.parametrize(("variables", "folder"), [({}, "environments"), ({"ENVIRONMENTS": "../ours"}, "../ours")])
def test_commands_get_environments_folder(variables, folder):
    """Every command is given the folder of the environments."""
    command = ["make", "--silent", "--eval", 'probe: ; @echo "$$ENVIRONMENTS"', "probe"]
    inherited = {name: value for name, value in os.environ.items() if name != "ENVIRONMENTS"}
    assert subprocess.check_output(command, text=True, env=inherited | variables).strip() == folder


@pytest.mark.parametrize(
    ("goal", "installed"),
    [("run", "requirements-run.txt"), ("synth", "requirements-run.txt"), ("test", "requirements-dev.txt"),
     ("lint", "requirements-dev.txt")],
)  # fmt: skip
def test_run_requirements_exclude_tests(goal, installed):
    """What only tests need is not installed to run."""
    planned = dry_run("--always-make", goal).stdout
    assert [line.rpartition(" ")[2] for line in planned.splitlines() if "pip install" in line][-1] == installed


def made_by(*arguments):
    return subprocess.check_output(["make", "--silent", *arguments], text=True)


def test_help_names_every_target_on_one_screen():
    listed = made_by("help").splitlines()
    targets = re.search(r"^\.PHONY: (.+)$", Path("Makefile").read_text(), re.MULTILINE)[1].split()
    assert {line.split()[0] for line in listed if line.startswith("  ")} == set(targets)
    assert len(listed) <= 45
    assert max(map(len, listed)) <= 120


def test_make_alone_shows_the_help():
    assert made_by() == made_by("help")


def test_a_check_leaves_out_what_is_slow():
    planned = dry_run("check").stdout
    assert "-m 'not slow' tests/unit tests/infra" in planned
    assert "mypy" in planned


def test_hooks_run_the_projects_tools():
    """Hooks before a commit run the projects own tools."""
    repositories = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    hooks = [hook for repository in repositories for hook in repository["hooks"]]
    assert {repository["repo"] for repository in repositories} == {"local"}
    assert {(hook["language"], hook["entry"].split("/")[0]) for hook in hooks} == {("system", ".venv")}


@pytest.mark.parametrize(
    ("goal", "command"),
    [
        ("firing", "prod alerts firing"),
        ("muted", "prod alerts muted"),
        ("unmute", "prod alerts unmute"),
        ("test-alert", "prod alerts test --level critical"),
        ("mute", "prod alerts mute --minutes 30"),
        ("cost", "prod cost"),
    ],
)
def test_operator_targets_call_ops(goal, command):
    """The targets of operators are commands of ops."""
    assert f"-m ops {command}" in dry_run(goal, "ENV=prod").stdout.splitlines()[-1]


def test_make_reaches_any_ops_command():
    """Any command of ops is reached by make."""
    assert dry_run("ops", "ARGS=prod backup list").stdout.splitlines()[-1].endswith("-m ops prod backup list")


@pytest.mark.parametrize(("code", "made"), [(0, 0), (1, 0), (2, 2), (3, 2)])
def test_what_fires_is_no_error_of_make(code, made, tmp_path):
    """1 is the answer; a command that failed is make's error, too."""
    stub = tmp_path / "ops"
    stub.write_text(f"#!/bin/sh\nexit {code}\n")
    stub.chmod(0o755)
    command = ["make", "--silent", "--old-file=.venv/ready", "firing", f"OPS={stub}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == made
    assert ("Error" in done.stderr) is bool(made)


def test_the_installed_command_works_from_any_folder(tmp_path):
    (tmp_path / "bin").mkdir()
    install = ["make", "--silent", "--eval", "probe: ; @$(install-ops)", "probe", f"VENV={tmp_path}", f"RUN={PYTHON}"]
    subprocess.run(install, check=True)
    command = [tmp_path / "bin" / "ops", "--help"]
    shown = subprocess.check_output(command, text=True, cwd=tmp_path, env={"PATH": os.environ["PATH"]})
    assert "local, prod, staging" in shown
