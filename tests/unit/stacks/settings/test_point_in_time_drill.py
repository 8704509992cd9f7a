"""Where point-in-time drills are held, and where the file is refused that wants them."""

import pytest

from stacks.settings import SettingsError, load
from tests.unit.stacks.settings.test_settings import ALERTS, CREATE, EXISTING, EXTERNAL, TOP

OURS = "junkos-test-point-in-time-drill"
SECTION = "[backups.point_in_time_drill]\n"


def read(folder, text):
    (folder / "test.toml").write_text(text)
    return load("test", folder).backups.point_in_time_drill


@pytest.mark.parametrize("database", [CREATE, EXISTING])
def test_an_empty_section_is_enough(tmp_path, database):
    drill = read(tmp_path, TOP + ALERTS + database + SECTION)
    assert (drill.schedule, drill.instance_class, drill.time_limit_minutes) == ("cron(0 5 2 * ? *)", "t4g.micro", 180)


def test_there_is_none_by_default(tmp_path):
    assert read(tmp_path, TOP + ALERTS + CREATE) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (EXTERNAL + SECTION, "only RDS keeps backups that it could restore"),
        (
            EXISTING.replace(
                'instance_identifier = "orders"', 'instance_identifier = "junkos-test-point-in-time-drill"'
            )
            + SECTION,
            "junkos-test-point-in-time-drill, which it would make and delete, is yours",
        ),
        (CREATE + SECTION + "time_limit_minutes = 600\n", "between 15 and 480"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, text, reason):
    with pytest.raises(SettingsError, match=reason):
        read(tmp_path, TOP + ALERTS + text)
