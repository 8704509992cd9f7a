"""What the Makefile hands to the commands behind its targets."""

import os
import subprocess

import pytest

URL = "postgresql://user@host/name"


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
def test_a_database_is_read_only_when_the_command_names_it(arguments, variables, seen):
    assert recipe_sees(*arguments, **variables) == seen
