import subprocess

from emulator import environment


def test_shell_reads_variables_unchanged(tmp_path):
    """A shell reads the variables as they were meant."""
    values = {"PLAIN": "one", "HARD": 'it\'s $HOME & "more"; `date`'}
    file = tmp_path / "env"
    environment.write(file, values)
    script = f'. {file} && printf \'%s\\n%s\' "$PLAIN" "$HARD"'
    seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={}).stdout
    assert seen.split("\n") == list(values.values())


def test_file_is_private_to_owner(tmp_path):
    """The file is for its owner alone even when it was not before."""
    file = tmp_path / "env"
    file.write_text("old")
    file.chmod(0o644)
    environment.write(file, {"SECRET": "x"})
    assert file.stat().st_mode & 0o777 == 0o600
