"""Tables on a terminal and in a pipe, and the progress of long commands."""

import io
import os
import pty
import subprocess
import sys

import pytest

from ops.output import print_table
from ops.progress import transferring, waiting

LONG = "database/2026/11/24/20261124T020000Z-0a1b2c3d/ " * 4
TABLE = (
    "from ops.output import print_table\n"
    f"print_table(('name', 'bytes'), [({LONG!r}, '1'), ('[red]b', '22')], right=[1])\n"
)
WORK = (
    "from ops.progress import transferring, waiting\n"
    "with waiting('backing up'): pass\n"
    "with transferring('fetching', 100) as t: t.advance(100)\n"
)


def on_a_terminal(program, **variables):
    """What `program` writes to a terminal of 80 columns."""
    main, terminal = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "80", "TERM": "xterm", **variables}
    subprocess.run([sys.executable, "-c", program], stdout=terminal, stderr=terminal, env=environment, check=True)
    os.close(terminal)
    written = io.BytesIO()
    try:
        while piece := os.read(main, 4096):
            written.write(piece)
    except OSError:  # the end of a terminal that nobody has open any more
        pass
    os.close(main)
    return written.getvalue().decode()


def test_pipe_gets_plain_full_lines(capsys):
    """A pipe is given plain lines that are not cut."""
    print_table(("name", "bytes"), [(LONG, "1"), ("[red]b", "22")], right=[1])
    heading, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["name", "bytes"]
    assert LONG.strip() in first
    assert second.startswith("[red]b ")
    assert second.endswith(" 22")


def test_terminal_gets_whole_cells():
    """Over several lines, beside the other column."""
    assert on_a_terminal(TABLE).count("0a1b2c3d") == LONG.count("0a1b2c3d")


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_disabled(variables):
    """Colours are left out where they are not wanted."""
    assert "\x1b[3" not in on_a_terminal(TABLE + WORK, **variables)


def test_progress_shows_on_a_terminal():
    written = on_a_terminal(WORK)
    assert "backing up" in written
    assert "100/100 bytes" in written


def test_dumb_terminal_gets_lines():
    """A dumb terminal is given one line for each."""
    assert on_a_terminal(WORK, TERM="dumb").split("\r\n") == ["backing up", "fetching", ""]


def test_a_pipe_is_given_no_progress(capsys):
    with waiting("backing up"):
        pass
    with transferring("fetching", 100) as transfer:
        transfer.restart("fetching")
        transfer.advance(100)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
