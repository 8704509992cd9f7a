"""Runs the unmodified sentry-cli, Node and esbuild, as a pipeline does."""

import os
import subprocess
from pathlib import Path

from emulator.account import NODE
from tests.releases import ORGANIZATION, TOKENS

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "node_modules"
VERSIONS = ("2", "3")
_PEOPLE = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in {"NAME": "Anna", "EMAIL": "anna@example.com"}.items()
}


def environment_of(url="", **others):
    """What a pipeline sets."""
    return {
        "PATH": f"{NODE}:{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "NODE_PATH": str(MODULES),
        "SENTRY_URL": url,
        "SENTRY_ORG": ORGANIZATION,
        "SENTRY_PROJECT": "api",
        "SENTRY_AUTH_TOKEN": TOKENS["api"],
        **others,
    }


def run(folder, *command, fails=False, **environment):
    """All that the command wrote; it fails if and only if it should."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    written = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, written
    return written


def program(version):
    return MODULES / f"sentry-cli-{version}/bin/sentry-cli"


def git(folder, *arguments):
    return run(folder, "git", *arguments, **_PEOPLE, PATH=os.environ["PATH"], HOME=str(folder))


def commit(folder, path, text, message):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", message)
