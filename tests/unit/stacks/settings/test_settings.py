"""An environment file is taken as it is meant, or refused with one line for each thing that is wrong."""

from pathlib import Path

import pytest

from layers.postgresql import NEWEST, RELEASES
from stacks.settings import CreatedDatabase, ExternalDatabase, SettingsError, load

TOP = 'name = "test"\nregion = "eu-central-1"\nowner = "backend team"\n'
ALERTS = '[alerts]\nemail = ["a@junkos.example"]\n'
CREATE = '[database]\nmode = "create"\nname = "orders"\n'
EXTERNAL = '[database]\nmode = "external"\nname = "orders"\nurl_secret = "orders/url"\n'
EXISTING = """[database]
mode = "existing"
name = "orders"
instance_identifier = "orders"
instance_class = "m7g.large"
allocated_storage_gb = 100
resource_id = "db-ABC"
host = "orders.example"
database_name = "orders"
master_secret_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders"
vpc_id = "vpc-1"
subnet_ids = ["subnet-1", "subnet-2"]
availability_zones = ["eu-central-1a", "eu-central-1b"]
security_group_id = "sg-0123456789abcdef0"
"""
PEER = """peer_vpc_id = "vpc-1"
peer_cidr = "10.0.0.0/16"
peer_route_table_ids = ["rtb-1"]
admitted_cidrs = ["10.0.0.0/16"]
"""


@pytest.fixture
def read(tmp_path):
    def of(text):
        (tmp_path / "test.toml").write_text(text)
        return load("test", tmp_path)

    return of


@pytest.fixture
def faults(read, tmp_path):
    """The lines of the refusal, without the file that each begins with."""

    def of(text):
        with pytest.raises(SettingsError) as refusal:
            read(text)
        lines = str(refusal.value).splitlines()
        start = f"{tmp_path / 'test.toml'}: "
        assert all(line.startswith(start) for line in lines)
        return [line.removeprefix(start) for line in lines]

    return of


def test_short_file_has_defaults(read):
    """A short file has the defaults of the requirements."""
    environment = read(TOP + ALERTS + CREATE)

    database, backups = environment.database, environment.backups
    assert isinstance(database, CreatedDatabase)
    assert (database.backup_retention_days, database.backup_window) == (7, "03:00-04:00")
    assert backups.schedule == "cron(0 2 * * ? *)"
    assert (backups.daily_days, backups.weekly_weeks, backups.monthly_months) == (30, 12, 12)
    assert (backups.recovery_time_objective_minutes, backups.recovery_point_objective_hours) == (60, 24)
    assert (environment.log_level, environment.log_retention_days) == ("info", 30)
    assert (environment.architecture, environment.python) == ("arm64", "3.13")


@pytest.mark.parametrize("name", [path.stem for path in Path("environments").glob("*.toml") if "." not in path.stem])
def test_the_files_that_are_there_are_taken(name):
    assert load(name).name == name


EXAMPLES = sorted(Path("environments").glob("*.example.toml"))


def test_an_example_is_no_environment():
    with pytest.raises(SettingsError, match="no such environment") as refusal:
        load("nothing")
    assert "example" not in str(refusal.value)
    with pytest.raises(SettingsError):
        load("external.example")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_copy_of_an_example_is_taken(example, tmp_path):
    copy = tmp_path / example.name.replace(".example", "")
    copy.write_text(example.read_text())
    assert load(copy.stem, tmp_path).name == copy.stem


def test_log_levels_per_environment():
    """Staging logs at debug and production at info."""
    assert (load("staging").log_level, load("prod").log_level) == ("debug", "info")


def test_local_file_needs_no_tls():
    """The local file runs on this machine and without tls."""
    local = load("local")

    assert isinstance(local.database, ExternalDatabase)
    assert (local.architecture, local.python) == ("host", "host")
    assert local.database.url_secret == "junkos/local/database-url"
    assert local.database.minimum_tls == "prefer"


def test_named_tables_exist_in_sample():
    """The tables named by the files are in the sample database."""
    schema = Path("demo/sample/schema.sql").read_text()
    for table in load("local").database.critical_tables:
        assert f"CREATE TABLE {table.removeprefix('public.')} (" in schema


def test_secret_may_be_an_arn(read):
    """A secret may be named by its arn."""
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders/url-AbCdEf"
    database = read(TOP + ALERTS + EXTERNAL.replace("orders/url", arn)).database

    assert database.url_secret == arn


@pytest.mark.parametrize(
    ("database", "line"),
    [
        (CREATE + "backup_retention_days = 40", "database.backup_retention_days = 40: must be between 7 and 35"),
        (CREATE + "backup_retention_days = 6", "database.backup_retention_days = 6: must be between 7 and 35"),
        (CREATE + "backup_retention_days = '9'", 'database.backup_retention_days = "9": must be between 7 and 35'),
        (CREATE + "multi_az = 1", "database.multi_az = 1: must be true or false"),
        (
            CREATE + 'backup_window = "25:00-26:00"',
            'database.backup_window = "25:00-26:00": must be a daily window in UTC, such as 03:00-04:00',
        ),
        (
            CREATE + 'backup_window = "03:00-03:20"',
            'database.backup_window = "03:00-03:20": must last at least 30 minutes',
        ),
        (
            CREATE + 'maintenance_window = "sun:03:30-sun:04:30"',
            'database.maintenance_window = "sun:03:30-sun:04:30": must not overlap backup_window (03:00-04:00)',
        ),
        (
            CREATE + 'backup_window = "04:00-05:00"',
            'database.maintenance_window = "sun:04:30-sun:05:30": must not overlap backup_window (04:00-05:00)',
        ),
        (
            CREATE + "allocated_storage_gb = 95",
            "database.max_allocated_storage_gb = 100: must be at least 10 % more than allocated_storage_gb (95)",
        ),
        (
            CREATE + 'engine_version = "19"',
            'database.engine_version = "19": must be a PostgreSQL version from 14 to 18, in quotes, such as 18 or 18.3',
        ),
        (
            CREATE + 'critical_tables = ["orders"]',
            'database.critical_tables[0] = "orders": must be a table with its schema, such as public.orders',
        ),
        (
            CREATE + 'critical_tables = ["a.b", "a.b"]',
            'database.critical_tables = ["a.b", "a.b"]: must not repeat \'a.b\'',
        ),
        (
            CREATE + 'critical_tables = ["a.b"]\nexcluded_table_data = ["a.b"]',
            'database.excluded_table_data = ["a.b"]: must not name critical tables: a.b',
        ),
        (
            CREATE + 'sql_assertions = ["DELETE FROM orders"]',
            (
                'database.sql_assertions[0] = "DELETE FROM orders":'
                " must be one SQL query without a semicolon that answers true"
            ),
        ),
        (
            CREATE + 'sql_assertions = ["SELECT true; DROP TABLE orders"]',
            (
                'database.sql_assertions[0] = "SELECT true; DROP TABLE orders":'
                " must be one SQL query without a semicolon that answers true"
            ),
        ),
        (
            EXISTING.replace(', "eu-central-1b"', ""),
            'database.availability_zones = ["eu-central-1a"]: must name one zone for each of the 2 subnet_ids',
        ),
        (
            EXISTING + 's3_endpoint = "create"',
            'database.route_table_ids = []: must name the route tables of subnet_ids, because s3_endpoint = "create"',
        ),
        (
            EXISTING + 'dynamodb_endpoint = "create"',
            (
                "database.route_table_ids = []:"
                ' must name the route tables of subnet_ids, because dynamodb_endpoint = "create"'
            ),
        ),
        (
            EXISTING + 'route_table_ids = ["rtb-1"]',
            (
                'database.route_table_ids = ["rtb-1"]:'
                ' must be left out unless s3_endpoint or dynamodb_endpoint = "create"'
            ),
        ),
        (
            CREATE + 'vpc_cidr = "10.60.0.0/27"',
            ('database.vpc_cidr = "10.60.0.0/27": must be a private IPv4 range from /16 to /26, such as 10.60.0.0/24'),
        ),
        (
            CREATE + 'admitted_cidrs = ["0.0.0.0/0"]',
            (
                'database.admitted_cidrs[0] = "0.0.0.0/0":'
                " must be a private IPv4 range, such as 10.0.0.0/16, that begins at its first address"
            ),
        ),
        (
            CREATE + 'admitted_cidrs = ["10.0.1.0/16"]',
            (
                'database.admitted_cidrs[0] = "10.0.1.0/16":'
                " must be a private IPv4 range, such as 10.0.0.0/16, that begins at its first address"
            ),
        ),
        (
            CREATE + PEER.replace("10.0.0.0/16", "10.60.0.0/16"),
            (
                'database.peer_cidr = "10.60.0.0/16":'
                " must not overlap vpc_cidr (10.60.0.0/24): AWS refuses to peer such networks"
            ),
        ),
        (
            CREATE + PEER.replace('peer_route_table_ids = ["rtb-1"]\n', ""),
            'database.peer_vpc_id = "vpc-1": needs peer_route_table_ids too',
        ),
        (
            CREATE + PEER.replace('admitted_cidrs = ["10.0.0.0/16"]\n', ""),
            (
                'database.peer_vpc_id = "vpc-1":'
                " needs admitted_cidrs or admitted_security_group_ids too: nobody in it is let in"
            ),
        ),
        (
            CREATE + PEER.replace('peer_vpc_id = "vpc-1"\n', ""),
            "database.peer_vpc_id: must be given, because peer_cidr and peer_route_table_ids are",
        ),
        (
            EXTERNAL + 'minimum_tls = "tls1.3"',
            (
                'database.minimum_tls = "tls1.3":'
                ' must be one of "disable", "allow", "prefer", "require", "verify-ca", "verify-full"'
            ),
        ),
        (
            EXTERNAL.replace('url_secret = "orders/url"\n', ""),
            "database.url_secret: is missing; must be the name or the ARN of a Secrets Manager secret",
        ),
        (
            '[database]\nname = "orders"',
            'database.mode: is missing; must be one of "create", "existing", "external"',
        ),
        (
            '[database]\nmode = "rds"',
            'database.mode = "rds": must be one of "create", "existing", "external"',
        ),
    ],
)
def test_wrong_database_setting_is_one_line(faults, database, line):
    """A wrong setting of the database is one line."""
    assert faults(TOP + ALERTS + database) == [line]


@pytest.mark.parametrize(
    ("backups", "line"),
    [
        ("daily_days = 3", "backups.daily_days = 3: must be between 7 and 365"),
        ("daily_days = true", "backups.daily_days = true: must be between 7 and 365"),
        ("daily_days = 30.5", "backups.daily_days = 30.5: must be between 7 and 365"),
        (
            "daily_days = 100",
            "backups.weekly_weeks = 12: must not be shorter than daily_days (100 days; this is 84)",
        ),
        (
            "weekly_weeks = 60",
            "backups.monthly_months = 12: must not be shorter than weekly_weeks (420 days; this is 372)",
        ),
        (
            "object_lock_days = 31",
            "backups.object_lock_days = 31: must not be longer than daily_days (30): a locked backup cannot expire",
        ),
        (
            'copy_region = "eu-central-1"',
            "backups.copy_region: must not be the environment's region (eu-central-1): a copy would be lost with it",
        ),
        (
            'copy_region = "cn-north-1"',
            "backups.copy_region: cn-north-1 is in the partition aws-cn, eu-central-1 in aws: S3 copies to no other",
        ),
        (
            'copy_region = "us-west-9"',
            'backups.copy_region = "us-west-9": is no region of AWS; did you mean us-west-2?',
        ),
        ('copy_region = "frankfurt"', 'backups.copy_region = "frankfurt": must be a region, such as us-east-1'),
        ("timeout_minutes = 16", "backups.timeout_minutes = 16: must be between 1 and 15"),
        ("verification_storage_gb = 11", "backups.verification_storage_gb = 11: must be between 1 and 10"),
        (
            'schedule = "0 2 * * *"',
            (
                'backups.schedule = "0 2 * * *": is not a cron:'
                " write cron(minutes hours day-of-month month day-of-week year) or rate(value unit)"
            ),
        ),
        (
            'schedule = "cron(0 2 ? * MON *)"',
            (
                "backups.recovery_point_objective_hours = 24: must be at least 168:"
                " cron(0 2 ? * MON *) leaves that many hours between two backups"
            ),
        ),
        ("retention = 7", "backups.retention: no such setting; there are: schedule, daily_days"),
        ("schedul = 7", "backups.schedul: no such setting; did you mean schedule?"),
    ],
)
def test_wrong_backup_setting_is_one_line(faults, backups, line):
    """A wrong setting of the backups is one line."""
    (found,) = faults(f"{TOP}{ALERTS}{CREATE}[backups]\n{backups}")
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("top", "line"),
    [
        ("account = 123456789012", "account = 123456789012: must be the account's 12 digits, in quotes"),
        ("log_retention_days = 45", "log_retention_days = 45: must be one of 30, 60, 90"),
        ('log_level = "verbose"', 'log_level = "verbose": must be one of "debug", "info", "warning", "error"'),
        ("log_retention = 30", "log_retention: no such setting; did you mean log_retention_days?"),
        (
            'runbook_url = "the wiki"',
            (
                'runbook_url = "the wiki": must be an https URL without a slash at its end, such as'
                " https://wiki.example.com/runbooks"
            ),
        ),
    ],
)
def test_wrong_environment_setting_is_one_line(faults, top, line):
    """A wrong setting of the environment is one line."""
    assert faults(f"{TOP}{top}\n{ALERTS}{CREATE}") == [line]


@pytest.mark.parametrize(
    "owner", ["team\\nLevel: low", "team\\u2028Level: low", "team\\u0085Level: low", "x" * 201, "", " team"]
)
def test_text_fits_an_alarm_description(faults, owner):
    """A text is one line that an alarms description has room for."""
    (line,) = faults(TOP.replace("backend team", owner) + ALERTS + CREATE)
    assert line.startswith("owner = ")
    assert line.endswith("must be one line of 1 to 200 characters")


def test_owner_may_use_any_letters(read):
    """An owner may have letters of any language."""
    assert read(TOP.replace("backend team", "Team Übermut 🚒") + ALERTS + CREATE).owner == "Team Übermut 🚒"


@pytest.mark.parametrize("name", ["test-", "te--st", "t" * 17, "Test"])
def test_invalid_rds_name_is_refused(faults, name):
    """A name that rds would refuse is refused."""
    assert "must be 1 to 16 lower-case letters and digits" in faults(TOP.replace("test", name) + ALERTS + CREATE)[0]


WINDOW = '[[alerts.maintenance]]\nname = "upgrade"\nschedule = "cron(0 5 * * *)"\nminutes = 5\nlevels = ["low"]\n'


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        (WINDOW + WINDOW, "must not repeat the name 'upgrade'"),
        (WINDOW.replace("upgrade", "rds-snapshot"), "must not use the name 'rds-snapshot'"),
        (WINDOW.replace("0 5", "0 25"), "is no time: hour '25' is not in 0 to 23"),
        (WINDOW.replace("5 * *", "5 L *"), "is no time: day of month 'L'"),
        (WINDOW.replace("* * *)", "* * ANY)"), "is no time: day of week 'ANY'"),
        (WINDOW.replace("cron(0 5 * * *)", "at(2026-02-30T03:00)"), "is no time: day is out of range"),
        (WINDOW + 'timezone = "Europe/Berln"\n', 'timezone = "Europe/Berln": is not a time zone'),
    ],
)
def test_impossible_maintenance_window_is_refused(faults, windows, said):
    """A maintenance window that cannot be is one line."""
    (line,) = faults(TOP + ALERTS + windows + CREATE)
    assert line.startswith("alerts.maintenance")
    assert said in line


def test_a_maintenance_window_takes_what_cloudwatch_takes(read):
    windows = [
        WINDOW.replace("upgrade", f"upgrade-{number}").replace("cron(0 5 * * *)", schedule)
        for number, schedule in enumerate(["cron(0,30 1-5 1 JAN-MAR SUN)", "at(2026-12-01T03:00)", "cron(0 18 * * 0)"])
    ]
    assert len(read(TOP + ALERTS + "".join(windows) + CREATE).alerts.maintenance) == 3


def test_critical_limit_is_above_first(faults):
    """An alarm that is critical comes after the one that is not."""
    (line,) = faults(f"{TOP}{ALERTS}{CREATE}[database_check]\nsequence_percent = 95\n")
    assert line.endswith("must be more than sequence_percent (95)")


def test_all_faults_are_listed(faults):
    """Every fault is sent at once."""
    text = f'{TOP}{ALERTS.replace("a@junkos.example", "nobody")}{CREATE}multi_az = "no"\n[backups]\ndaily_days = 1'

    assert faults(text) == [
        'database.multi_az = "no": must be true or false',
        "backups.daily_days = 1: must be between 7 and 365",
        'alerts.email[0] = "nobody": must be an e-mail address',
    ]


def test_missing_sections_are_named(faults):
    assert faults(TOP) == [
        "database: is missing; must be a section, [database]",
        "alerts: is missing; must be a section, [alerts]",
    ]


def test_a_setting_of_another_mode_is_refused(faults):
    (line,) = faults(TOP + ALERTS + EXTERNAL + 'instance_class = "t4g.micro"')

    assert line.startswith("database.instance_class: no such setting; there are: name, ")


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://orders:hunter2@db.example/orders",
        "host=db.example user=orders password=hunter2",
        "https://hunter2@hooks.example",
        "-----BEGIN PRIVATE KEY----- hunter2",
    ],
)
def test_secret_in_file_is_refused(faults, value):
    """A secret in the file is refused and not repeated."""
    (line,) = faults(TOP + ALERTS + EXTERNAL.replace("orders/url", value))

    assert line == (
        "database.url_secret: looks like a secret; keep it in Secrets Manager and write the secret's name here"
    )


def test_unknown_setting_hides_its_value(faults):
    """The value of an unknown setting is not repeated."""
    (line,) = faults(TOP + ALERTS + CREATE + 'password = "hunter2"')

    assert line.startswith("database.password: no such setting")
    assert "hunter2" not in line


HOOK = "https://hooks.slack.com/services/T0000001/B0000001/hunter2hunter2hunter2hun"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (ALERTS + EXTERNAL.replace("orders/url", f"{HOOK}?"), "database.url_secret"),
        (
            f'{ALERTS}[[alerts.channels]]\nname = "chat"\nkind = "slack_webhook"\nsecret = "{HOOK}?"\n{CREATE}',
            "alerts.channels[0].secret",
        ),
        (ALERTS + CREATE + f'database_name = "{HOOK}"', "database.database_name"),
        (f'{ALERTS}channels = {{ secret = "hunter2" }}\n{CREATE}', "alerts.channels"),
    ],
)
def test_refused_secret_is_hidden(faults, written, key):
    """A refused value that may be a secret is not repeated."""
    (line,) = faults(TOP + written)

    assert line.startswith(f"{key}: must be ")
    assert "hunter2" not in line


def test_a_refused_address_is_repeated(faults):
    (line,) = faults(TOP + ALERTS.replace("@", "@@") + CREATE)

    assert "@@" in line


@pytest.mark.parametrize(
    ("name", "remedy"), [("us-eats-1", "did you mean us-east-1?"), ("xx-moon-9", "is it newer than the boto3")]
)
def test_unknown_region_is_refused(faults, name, remedy):
    """A region that aws does not have is refused."""
    lines = faults(TOP.replace("eu-central-1", name) + ALERTS + CREATE)

    assert lines[0].startswith(f'region = "{name}": is no region of AWS; {remedy}')


def test_an_assertion_may_speak_of_passwords(read):
    query = "SELECT count(*) = 0 FROM users WHERE password = '' OR password='x'"

    assert read(f'{TOP}{ALERTS}{CREATE}sql_assertions = ["{query}"]').database.sql_assertions == (query,)


def test_too_many_assertions_are_refused(faults):
    """More assertions than a function has room for are refused."""
    queries = [f"SELECT {number} = {number} /*{'x' * 400}*/" for number in range(4)]
    (line,) = faults(f"{TOP}{ALERTS}{CREATE}sql_assertions = {queries}")

    assert "must be 1500 characters in all at most" in line
    assert len(line) < 300


def test_name_matches_the_file(faults):
    """The name in the file is that of the file."""
    assert faults(TOP.replace("test", "prod") + ALERTS + CREATE) == [
        'name = "prod": must be "test", as the file is called'
    ]


def test_invalid_toml_shows_position(faults):
    """What is not toml is refused with the place."""
    (line,) = faults(TOP + "[alerts\n")

    assert line.startswith("is not TOML: ")
    assert "line 4" in line


def test_missing_file_lists_environments(tmp_path):
    """An environment without a file is refused with those there are."""
    (tmp_path / "prod.toml").touch()
    with pytest.raises(SettingsError, match=r"test\.toml: no such environment \(there are: prod\)"):
        load("test", tmp_path)


ACCEPTED = '[[backups.accepted]]\nwhat = "extension postgis"\nreason = "by hand"\n'


def test_an_acceptance_needs_a_date(faults, read):
    assert faults(TOP + ALERTS + CREATE + ACCEPTED) == [
        "backups.accepted[0].until: is missing; must be a date without quotes, such as 2027-03-31"
    ]
    [accepted] = read(TOP + ALERTS + CREATE + ACCEPTED + "until = 2027-03-31\n").backups.accepted
    assert (accepted.what, accepted.until.isoformat(), accepted.reason) == (
        "extension postgis",
        "2027-03-31",
        "by hand",
    )


@pytest.mark.parametrize(
    ("line", "value"), [('"2027-03-31"', "2027-03-31"), ("2027-03-31T00:00:00", "2027-03-31 00:00:00")]
)
def test_an_acceptance_ends_on_a_day(faults, line, value):
    assert faults(TOP + ALERTS + CREATE + ACCEPTED + f"until = {line}") == [
        f'backups.accepted[0].until = "{value}": must be a date without quotes, such as 2027-03-31'
    ]


def test_duplicate_acceptance_is_refused(faults):
    """Only one acceptance is made of one thing."""
    once = ACCEPTED + "until = 2027-03-31\n"
    [fault] = faults(TOP + ALERTS + CREATE + once + once)
    assert fault.endswith("must not repeat what is accepted: 'extension postgis'")


WAIVER = '[[checklist.waivers]]\ncheck = "guardduty"\nowner = "ana"\nreason = "another team"\n'


def test_a_waiver_needs_a_date(faults, read):
    assert faults(TOP + ALERTS + CREATE + WAIVER) == [
        "checklist.waivers[0].until: is missing; must be a date without quotes, such as 2027-03-31"
    ]
    [waiver] = read(TOP + ALERTS + CREATE + WAIVER + "until = 2027-03-31\n").checklist.waivers
    assert (waiver.check, waiver.until.isoformat(), waiver.owner) == ("guardduty", "2027-03-31", "ana")


def test_a_waiver_is_of_a_check_that_is_there(faults):
    [fault] = faults(TOP + ALERTS + CREATE + WAIVER.replace("guardduty", "guarddog") + "until = 2027-03-31\n")
    assert fault == (
        'checklist.waivers[0].check = "guarddog": must be the name of a check (docs/checklist.md lists them)'
    )


def test_a_waiver_is_given_once(faults):
    once = WAIVER + "until = 2027-03-31\n"
    [fault] = faults(TOP + ALERTS + CREATE + once + once)
    assert fault.endswith("must not repeat the check 'guardduty'")


def test_what_an_api_answers_is_not_attested(faults):
    attested = '[[checklist.attestations]]\ncheck = "guardduty"\nby = "ben"\nuntil = 2027-03-31\n'
    [fault] = faults(TOP + ALERTS + CREATE + attested)
    assert 'checklist.attestations[0].check = "guardduty": must be a check that no API can answer' in fault


def test_excluded_schema_holds_no_named_table(faults, read):
    """A schema that is left out holds no table that is named."""
    both = 'critical_tables = ["auth.users"]\nexcluded_schemas = ["auth"]\n'
    assert faults(TOP + ALERTS + CREATE + both) == [
        'database.excluded_schemas = ["auth"]: must not hold tables that other settings name: auth.users'
    ]
    assert read(TOP + ALERTS + CREATE + 'excluded_schemas = ["auth"]\n').database.excluded_schemas == ("auth",)


def test_every_backed_up_version_is_allowed(read):
    """A created database may be of every version that backups serve."""
    text = TOP + ALERTS + CREATE + 'engine_version = "{}"\n'
    for major in RELEASES:
        assert read(text.format(major)).database.engine_version == str(major)
    with pytest.raises(SettingsError, match="engine_version"):
        read(text.format(NEWEST + 1))


def test_environments_folder_is_configurable(tmp_path, monkeypatch):
    """The folder of the environments is one setting."""
    (tmp_path / "test.toml").write_text(TOP + ALERTS + CREATE)
    (tmp_path / "other.example.toml").write_text(TOP)
    monkeypatch.setenv("ENVIRONMENTS", str(tmp_path))

    assert load("test").name == "test"
    with pytest.raises(SettingsError, match=r"no such environment \(there are: test\)"):
        load("prod")


def test_tags_are_taken(read):
    assert read(f'{TOP}tags = {{ team = "backend", "cost:centre" = "4711" }}\n{ALERTS}{CREATE}').tags == {
        "team": "backend",
        "cost:centre": "4711",
    }


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ('{ environment = "x" }', '"environment": is not yours to give'),
        ('{ Service = "x" }', '"Service": is not yours to give'),
        ('{ "aws:x" = "x" }', '"aws:x": is not yours to give'),
        ('{ team = "a;b" }', '"team": must be a table of names and texts'),
        ('{ "" = "x" }', '"": must be a table'),
        (f'{{ team = "{"x" * 257}" }}', '"team": must be a table'),
        ('{ team = "a", Team = "b" }', "must not have two names that differ in case alone"),
        ("{ " + ", ".join(f'a{number} = "x"' for number in range(41)) + " }", "must be 40 at most (it has 41)"),
        ("{ team = 1 }", "must be a table of names and texts"),
        ('"team"', "must be a table of names and texts"),
    ],
)
def test_tags_that_aws_refuses_are_refused(faults, tags, reason):
    (line,) = faults(f"{TOP}tags = {tags}\n{ALERTS}{CREATE}")

    assert line.startswith("tags")
    assert reason in line
