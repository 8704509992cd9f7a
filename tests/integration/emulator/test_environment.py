import subprocess

from emulator import environment


def test_a_shell_reads_the_variables_as_they_were_meant(tmp_path):
    values = {"PLAIN": "one", "HARD": 'it\'s $HOME & "more"; `date`'}
    file = tmp_path / "env"
    environment.write(file, values)
    script = f'. {file} && printf \'%s\\n%s\' "$PLAIN" "$HARD"'
    seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={}).stdout
    assert seen.split("\n") == list(values.values())


def test_the_file_is_for_its_owner_alone_even_when_it_was_not_before(tmp_path):
    file = tmp_path / "env"
    file.write_text("old")
    file.chmod(0o644)
    environment.write(file, {"SECRET": "x"})
    assert file.stat().st_mode & 0o777 == 0o600
