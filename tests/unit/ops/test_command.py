"""The command line: its help, its completion, its exit codes, and that every failure is one line."""

import json
import subprocess
import sys
from types import SimpleNamespace

import click
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from ops import chosen, command
from ops.command import main
from ops.errors import ExitCode, OpsError, RefusedError, UsageError
from ops.subjects import SUBJECTS, alerts
from tests.unit.log_contract.test_log_contract import REQUEST


@pytest.fixture
def failing(monkeypatch):
    """`ops prod alerts firing`, which ends with an error."""

    def fail_with(error):
        def raising(*_):
            raise error

        monkeypatch.setattr(chosen.Chosen, "client", lambda *_: None)
        monkeypatch.setattr(alerts, "firing", raising)
        return main(["prod", "alerts", "firing"])

    return fail_with


def test_the_help_fits_one_screen(capsys):
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert all(any(line.split()[:1] == [subject] for line in lines) for subject in SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_subject_says_its_verbs(subject):
    found = command._module(subject)
    if isinstance(found, click.Group):
        assert all(verb in SUBJECTS[subject] for verb in found.commands)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (OpsError("it is so (do that)"), 1, "it is so (do that)"),
        (UsageError("it is so (do that)"), 2, "it is so (do that)"),
        (RefusedError("it is so (do that)"), 3, "it is so (do that)"),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "not\nyours"}}, "ListThings"), 3,
         "AWS refused ListThings: not yours (the shell's credentials need this permission)"),
        (NoCredentialsError(), 3,
         "AWS was not reached: Unable to locate credentials (sign in, for example: aws sso login)"),
        (EndpointConnectionError(endpoint_url="https://x"), 3,
         ('AWS was not reached: Could not connect to the endpoint URL: "https://x"'
          " (check the network, the region and AWS_ENDPOINT_URL)")),
        (PermissionError(13, "Permission denied", "/x"), 2, "/x: Permission denied (choose another file or folder)"),
    ],
)  # fmt: skip
def test_failure_is_one_line_and_code(error, code, line, failing, capsys):
    """A failure is one line and an exit code."""
    assert failing(error) == code
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"ops: {line}\n")


def test_defect_shows_no_traceback(failing, capsys):
    """A defect shows neither a traceback nor its text."""
    assert failing(KeyError("S3cr-et")) == ExitCode.WRONG
    said = capsys.readouterr().err
    assert said.startswith("ops: unexpected KeyError at test_command.py:")
    assert "S3cr" not in said
    assert len(said.splitlines()) == 1


def test_ctrl_c_is_one_line(failing, capsys):
    assert failing(KeyboardInterrupt()) == ExitCode.STOPPED
    assert capsys.readouterr().err.strip() == "ops: stopped"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["prod", "nonsense"], "No such command 'nonsense' (see ops prod --help)"),
        (["prod", "alerts", "mute"], "Missing option '--reason' (see ops prod alerts mute --help)"),
        (["logs", "check", "-"], "name the environment first: ops ENVIRONMENT logs"),
        (["nowhere", "alerts", "firing"], "nowhere.toml: no such environment (there are: local, prod, staging)"),
        (["prod", "logs", "check", "/nowhere/app.log"], "No such file or directory"),
        (["prod", "cost", "--set", "requests=1"], "there is no 'requests'"),
        (["prod", "backup", "list", "--newest", "0"], "0 is not in the range"),
    ],
)
def test_wrong_usage_is_one_line(arguments, reason, capsys):
    assert main(arguments) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert reason in said
    assert len(said.splitlines()) == 1


def test_misplaced_password_is_not_repeated(capsys):
    """A password in the wrong word is not repeated."""
    assert main(["prod", "backup", "restore", "latest", "postgresql://me:hunter2@db/x", "--to", "x"]) == ExitCode.USAGE
    assert "hunter2" not in capsys.readouterr().err


def test_bad_environment_file_lists_faults(tmp_path, monkeypatch, capsys):
    """A bad environment file is a line for each fault."""
    (tmp_path / "odd.toml").write_text('name = "odd"\nregion = "us-east-1"\nowner = "us"\nlog_retention_days = 31')
    monkeypatch.setenv("ENVIRONMENTS", str(tmp_path))
    assert main(["odd", "alerts", "firing"]) == ExitCode.USAGE
    lines = capsys.readouterr().err.splitlines()
    assert any("log_retention_days = 31: must be one of 30, 60, 90" in line for line in lines)
    assert all(line.startswith("ops: ") for line in lines)


@pytest.mark.parametrize("folder", ["environments", "./environments", None])
def test_environments_folder_is_found_anywhere(folder, tmp_path, monkeypatch):
    """The folder of environments is found from anywhere."""
    if folder:
        monkeypatch.setenv("ENVIRONMENTS", folder)
    monkeypatch.chdir(tmp_path)
    assert chosen.environment_names() == ["local", "prod", "staging"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["local", "prod", "staging", "adopt"]),
        ("pr", ["prod"]),
        ("prod ", list(SUBJECTS)),
        ("prod alerts un", ["unmute"]),
        ("prod alerts test --level m", ["medium"]),
    ],
)
def test_the_shell_completes_words(words, found):
    line = f"ops {words}"
    variables = {"_OPS_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = subprocess.run([sys.executable, "-m", "ops"], env=variables, capture_output=True, text=True, check=True)
    assert [each.partition(",")[2] for each in done.stdout.splitlines()] == found
    assert done.stderr == ""


def test_a_log_as_json(tmp_path, capsys):
    log = tmp_path / "app.log"
    log.write_text("\n".join(map(json.dumps, [REQUEST, REQUEST | {"status": "200"}])) + "\n")
    assert main(["prod", "logs", "check", str(log), "--json"]) == ExitCode.WRONG
    found = json.loads(capsys.readouterr().out)
    assert (found["lines"], found["broken"], found["events"]) == (2, 1, {"request": 2})
    [first] = found["first"]
    assert first["line"] == 2
    assert found["faults"] == [{"fault": first["fault"], "times": 1}]


def test_good_log_is_done(tmp_path, capsys):
    """A log that keeps the contract is done."""
    log = tmp_path / "app.log"
    log.write_text(json.dumps(REQUEST))
    assert main(["prod", "logs", "check", str(log)]) == ExitCode.DONE
    assert capsys.readouterr().out == "1 line: 1 keep the contract, 0 break it\nevents: request 1\n"


def test_the_account_is_of_the_environments_region(monkeypatch):
    made = SimpleNamespace(name="prod", region="eu-central-1")
    monkeypatch.setattr(chosen, "load", lambda *_: made)
    assert chosen.Chosen("prod").client("sts").meta.region_name == "eu-central-1"
