"""The script of an instance, as text; `tests/integration/large_run` runs it."""

import re
import subprocess
from dataclasses import replace

import pytest

from lambdas.large_run.user_data import LARGEST, Instructions, user_data
from lambdas.vocabulary.large_runs import LARGE_RUN_FAILED, LOG, RESULT

INSTRUCTIONS = Instructions(
    function="restore_verification",
    event='{"backup": "orders/2026/11/23/20261123T020000Z-1/"}',
    variables={"ENVIRONMENT": "test", "BUCKET": "backups"},
    code="s3://assets/code.zip",
    layers=("s3://assets/a.zip", "s3://assets/b.zip"),
    python="3.13",
    region="eu-central-1",
    results="s3://backups/_runs/restore-verification/run-1/",
    seconds=3600,
)
HOSTILE = "'; $(id) `id` \"\\\n#€\t\x7f&|>\\'"


def given(instructions):
    """What bash makes of the script's head: the values, and the lists."""
    head = user_data(instructions).partition("\n# The work of an instance")[0]
    names = re.findall(r"^(\w+)=", head, flags=re.MULTILINE)
    script = f"{head}\nfor name in layers variables; do declare -n list=$name; printf '%s\\0' \"${{list[@]}}\"; done\n"
    script += 'printf \'%s\\0\' "$function" "$event" "$code" "$results" "$seconds"'
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True)
    assert done.stderr == b""
    return names, done.stdout.decode().split("\0")[:-1]


def test_it_is_a_script_that_bash_takes():
    script = user_data(INSTRUCTIONS)
    assert script.startswith("#!/bin/bash\n")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("text", [HOSTILE, "", " ", "-n", "a b"])
def test_every_text_arrives_as_it_is(text):
    instructions = replace(INSTRUCTIONS, event=text, variables={"A": text, "B": "2"}, layers=(text, "x"))
    _, found = given(instructions)
    assert found == [text, "x", f"A={text}", "B=2", "restore_verification", text, *found[-3:]]
    assert found[-3:] == [INSTRUCTIONS.code, INSTRUCTIONS.results, "3600"]


def test_words_of_the_vocabulary_are_in_it():
    names, _ = given(INSTRUCTIONS)
    assert {"log", "result", "failed"} <= set(names)
    for word in (LOG, RESULT, LARGE_RUN_FAILED):
        assert word in user_data(INSTRUCTIONS)


def test_same_instructions_are_the_same_script():
    """EC2 refuses a token that comes with other parameters."""
    turned = dict(reversed(INSTRUCTIONS.variables.items()))
    assert user_data(replace(INSTRUCTIONS, variables=turned)) == user_data(INSTRUCTIONS)


def test_it_has_room_for_what_functions_are_given():
    """Lambda takes four kilobytes of variables; an event of S3 has one."""
    script = user_data(replace(INSTRUCTIONS, variables={"A": "x" * 4096}, event="e" * 2048))
    assert len(script) < LARGEST


def test_too_long_a_script_is_refused():
    with pytest.raises(ValueError, match=r"the instance's script has \d+ bytes, and EC2 takes 16384"):
        user_data(replace(INSTRUCTIONS, event="€" * 6000))


@pytest.mark.parametrize("name", ["A B", "A=B", "-u", "1A", ""])
def test_name_that_is_none_is_refused(name):
    """`env` would take it for an option, or for another variable."""
    with pytest.raises(ValueError, match="is no name of an environment variable"):
        user_data(replace(INSTRUCTIONS, variables={name: "x"}))


def test_end_comes_in_every_case():
    """Before anything that may fail: the trap, and the shutdown whatever hangs."""
    body = user_data(INSTRUCTIONS).partition("\n# The work of an instance")[2]
    commands = [line for line in body.splitlines() if re.match(r"[a-z(]", line) and "() {" not in line]
    first = [commands.index(it) for it in commands if it.startswith(("trap finish EXIT", "shutdown -h"))]
    failing = [commands.index(it) for it in commands if it.startswith(("work=$(", "attempt", "exec"))]
    assert len(first) == 2
    assert max(first) < min(failing)
