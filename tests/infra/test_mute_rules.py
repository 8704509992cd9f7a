"""Which alarms a maintenance window mutes: those that it says, by names that exist, and always with an end."""

from pathlib import Path

import pytest

from stacks.alarms.spec import Section
from stacks.application import compose, new_app
from stacks.settings import SettingsError, load
from stacks.settings.maintenance import SectionName
from tests.infra.conftest import of_type, resources_of, synthesized


@pytest.fixture
def rules_with(tmp_path):
    """The mute rules of production with further lines in its file, by their short names."""

    def of(text):
        content = Path("environments/prod.toml").read_text()
        (tmp_path / "prod.toml").write_text(content + "\n[[alerts.maintenance]]\n" + text)
        app = new_app(str(tmp_path / "out"))
        compose(app, load("prod", tmp_path))
        return rules_of(resources_of(app.synth()))

    return of


def rules_of(resources):
    rules = of_type(resources, "AWS::CloudWatch::AlarmMuteRule").values()
    return {rule["Name"].removeprefix("junkos-prod-window-"): rule for rule in rules}


def test_snapshot_mutes_storage_latency_only():
    """The snapshot of rds mutes the storages latency and nothing else."""
    (rule,) = rules_of(resources_of(synthesized("prod"))).values()
    assert rule["MuteTargets"]["AlarmNames"] == ["junkos-prod-rds-read-latency", "junkos-prod-rds-write-latency"]
    assert rule["Rule"]["Schedule"] == {"Expression": "cron(0 3 * * *)", "Duration": "PT60M", "Timezone": "UTC"}


def test_an_external_database_has_no_such_window():
    assert rules_of(resources_of(synthesized("local"))) == {}


@pytest.mark.slow
def test_window_mutes_sections_and_levels(rules_with):
    """A window mutes what is of its sections and its levels."""
    rule = rules_with(
        'name = "upgrade"\nschedule = "at(2026-12-01T03:00)"\nminutes = 90\ntimezone = "Europe/Berlin"\n'
        'sections = ["database"]\nlevels = ["medium", "low"]\n'
    )["upgrade"]
    names = rule["MuteTargets"]["AlarmNames"]
    assert "junkos-prod-rds-cpu" in names
    assert not {"junkos-prod-rds-free-storage-critical", "junkos-prod-recovery-backup-age"} & set(names)
    assert rule["Rule"]["Schedule"]["Duration"] == "PT90M"
    assert rule["Rule"]["Schedule"]["Timezone"] == "Europe/Berlin"


@pytest.mark.slow
def test_rule_names_existing_alarms_within_limit(rules_with):
    """A rule names alarms that exist and no more than a rule may."""
    everything = rules_with(
        'name = "all"\nschedule = "cron(0 5 * * SUN)"\nminutes = 5\nlevels = ["high", "critical"]\n'
    )
    for rule in everything.values():
        assert 0 < len(rule["MuteTargets"]["AlarmNames"]) <= 100
        assert all(name.startswith("junkos-prod-") for name in rule["MuteTargets"]["AlarmNames"])


@pytest.mark.slow
def test_unknown_alarm_is_refused(rules_with):
    """An alarm that is not there is one line."""
    with pytest.raises(SettingsError, match=r'alerts.maintenance "typo": there are no junkos-prod-rds-cpus'):
        rules_with('name = "typo"\nschedule = "cron(0 5 * * *)"\nminutes = 5\nalarms = ["rds-cpus"]\n')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('schedule = "cron(0 5 * * ? *)"\nalarms = ["rds-cpu"]', "must be cron"),
        ('schedule = "cron(*/5 * * * *)"\nalarms = ["rds-cpu"]', "must be cron"),
        ('schedule = "at(tomorrow)"\nalarms = ["rds-cpu"]', "must be cron"),
        ('schedule = "cron(0 5 * * *)"', "must name alarms where neither sections nor levels say what is muted"),
    ],
)
def test_a_window_that_cannot_be_is_refused(rules_with, text, reason):
    with pytest.raises(SettingsError, match=reason):
        rules_with(f'name = "bad"\nminutes = 5\n{text}\n')


def test_sections_match_the_dashboard():
    """The sections have the names that the dashboard knows."""
    assert set(SectionName.__args__) == {section.name.lower() for section in Section}


@pytest.mark.slow
def test_rule_depends_on_its_alarms(tmp_path):
    """A rule comes after the alarms that it names."""
    content = Path("environments/prod.toml").read_text()
    window = 'name = "all"\nschedule = "cron(0 5 * * SUN)"\nminutes = 5\nlevels = ["high", "critical"]\n'
    (tmp_path / "prod.toml").write_text(f"{content}\n[[alerts.maintenance]]\n{window}")
    app = new_app(str(tmp_path / "out"))
    compose(app, load("prod", tmp_path))
    assembly = app.synth()
    monitoring = assembly.get_stack_by_name("junkos-prod-monitoring")
    here = {
        one["Properties"]["AlarmName"]: logical_id
        for logical_id, one in monitoring.template["Resources"].items()
        if one["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    }
    for rule in monitoring.template["Resources"].values():
        if rule["Type"] == "AWS::CloudWatch::AlarmMuteRule":
            named = {here[name] for name in rule["Properties"]["MuteTargets"]["AlarmNames"] if name in here}
            assert named <= set(rule["DependsOn"])
    before = {dependency.id for dependency in monitoring.dependencies}
    assert {f"junkos-prod-{part}" for part in ("alerting", "backups", "uptime", "security")} <= before
