import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emulator import process
from emulator.errors import EmulatorError
from tests.integration.emulator.waiting import until

PYTHON = sys.executable
# A child that starts a child of its own, in a process group of its own, and says so.
FAMILY = """
import pathlib, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"], process_group=0)
pathlib.Path("family").write_text(str(child.pid))
time.sleep(600)
"""


def started(folder, source, **options):
    return process.start("child", [PYTHON, "-c", source], directory=folder, environment={}, **options)


def family(folder):
    return int(until(lambda: (folder / "family").exists() and (folder / "family").read_text()))


def gone(pid):
    return name_and_state(pid)[1] in ("Z", None)


def name_and_state(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return None, None
    return re.search(r"\((.*)\) (.)", stat).groups()


def test_stop_includes_all_descendants(tmp_path):
    """A stopped child takes all its descendants along."""
    child = started(tmp_path, FAMILY)
    grandchild = family(tmp_path)
    child.stop()
    assert gone(child.process.pid)
    assert gone(grandchild)
    assert list((tmp_path / "processes").iterdir()) == []


def test_child_ignoring_sigterm_is_killed(tmp_path):
    """A child that ignores the polite request is killed."""
    child = started(
        tmp_path, "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    until(lambda: child.last_line() == "deaf")
    child.stop(patience=0.1)
    assert child.process.returncode == -signal.SIGKILL


def test_child_dies_with_killed_parent(tmp_path):
    """A child does not outlive a parent that was killed."""
    program = f"""
import sys, time
from pathlib import Path
from emulator import process
folder, environment = Path({str(tmp_path)!r}), {{"PATH": "/usr/bin:/bin"}}
child = process.start("child", ["sleep", "600"], directory=folder, environment=environment)
print(child.process.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([PYTHON, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as parent:
        child = int(parent.stdout.readline())
        until(lambda: name_and_state(child)[0] == "sleep")
        parent.kill()
        until(lambda: gone(child))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ending_parent_stops_children_first(tmp_path, number):
    """A parent that is asked to end stops its children first."""
    # A suite that runs in the background of a shell hands on that SIGINT is ignored.
    program = f"""
import signal, time
from pathlib import Path
from emulator import process
signal.signal(signal.SIGINT, signal.default_int_handler)
process.exit_on_signals()
folder, environment = Path({str(tmp_path)!r}), {{"PATH": "/usr/bin:/bin"}}
child = process.start("child", ["sleep", "600"], directory=folder, environment=environment)
with process.stopped_at_exit(child):
    print(child.process.pid, flush=True)
    time.sleep(600)
"""
    with subprocess.Popen(
        [PYTHON, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(number)
        parent.wait(30)
        assert gone(child)
        assert list((tmp_path / "processes").iterdir()) == []


def test_leftover_child_is_ended(tmp_path):
    """A child left running is ended by another command."""
    child = started(tmp_path, FAMILY, outlives_parent=True)
    grandchild = family(tmp_path)
    assert process.stop_recorded(tmp_path) == ["child"]
    assert gone(grandchild)
    child.process.wait(10)
    assert process.stop_recorded(tmp_path) == []


def test_reused_process_number_is_spared(tmp_path):
    """A record whose process number went to another process ends nobody."""
    child = started(tmp_path, "import time; time.sleep(600)")
    with process.stopped_at_exit(child):
        child.record.write_text(child.record.read_text().replace('"started": ', '"started": 1'))
        assert process.stop_recorded(tmp_path) == []
        assert child.process.poll() is None


def test_early_exit_is_reported(tmp_path):
    """A child that ends before it is ready is reported with its last words."""
    child = started(tmp_path, "import sys; print('begun', flush=True); sys.exit('no room on the disk')")
    with (
        process.stopped_at_exit(child),
        pytest.raises(EmulatorError, match="child ended with status 1 before it was ready: no room on the disk"),
    ):
        child.wait_until(lambda: False, seconds=20)


def test_child_never_ready_is_abandoned(tmp_path):
    """A child that never becomes ready is given up."""
    child = started(tmp_path, "import time; print('still looking', flush=True); time.sleep(600)")
    with process.stopped_at_exit(child):
        until(lambda: child.last_line() == "still looking")
        with pytest.raises(EmulatorError, match=r"not ready after 1 s: still looking"):
            child.wait_until(lambda: False, seconds=1)


def test_children_never_run_as_root(tmp_path):
    child = started(tmp_path, "import os; print(os.getuid(), flush=True)")
    child.process.wait(10)
    child.stop()
    assert child.last_line() == str(os.getuid() or 1000)


def test_refused_user_id_gives_advice(monkeypatch):
    """A machine that refuses another user id is sent what to do."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nonexistent")
    process.unprivileged.cache_clear()
    with pytest.raises(EmulatorError, match=r"refuses root another user id .*: run as a normal user"):
        process.unprivileged()
    process.unprivileged.cache_clear()
