"""`environments/prod.toml` from its first deployment to its last: deployed, used, updated, rolled back, destroyed.

One sequence on an account of its own: each fixture takes the account a step further. Three
settings differ from the file: functions run on this machine, with its `architecture` and `python`, and not before the
account enforces policies (`first_run`).
"""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from emulator import account
from emulator.cdk import Cdk
from emulator.errors import EmulatorError
from emulator.stage import InvocationError, Stage
from lambdas.database_bootstrap.make_login import ROLES
from lambdas.vocabulary.backups import Verdict
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.names import ServiceNames
from stacks.settings import load
from tests.e2e.fire_drill.course import Course
from tests.e2e.fire_drill.drill import Phase
from tests.e2e.fire_drill.topics import Received, Topics
from tests.e2e.prod import BACKUPS, DATABASE, INSTANCE, ROWS, TABLES, Prod, environments_with

MONITOR_LOGIN = ServiceNames().monitor_login
VERSIONS = {
    "first": {},
    "changed": {"log_retention_days": 60, "backups": {"daily_days": 14}, "database": {"backup_retention_days": 14}},
    # RDS cannot rename an instance's database: it would have to make another instance, under a name that is taken.
    "broken": {
        "log_retention_days": 90,
        "backups": {"daily_days": 21},
        "database": {"backup_retention_days": 21, "database_name": "renamed"},
    },
}
CHANGED = {"logs": {60}, "daily backups": {14}, "snapshots": {14}}


@pytest.fixture(scope="module")
def prod(tmp_path_factory):
    """Everything deployed for the first time, with some data, and permissions enforced from then on."""
    directory = tmp_path_factory.mktemp("prod")
    files = {name: environments_with(directory / name / "environments", VERSIONS[name]) for name in VERSIONS}
    with account.running(directory) as running:
        variables = running.client_environment()
        cdks = {name: Cdk(variables, directory / name, report=lambda _: None) for name in VERSIONS}
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda work: work(), [cdks["first"].bootstrap, *synthesis_of(cdks, files)]))
        cdks["first"].deploy()
        prod = Prod(Stage(running, load("prod", files["first"])), cdks)
        prod.execute(TABLES)
        running.enforce_iam()
        yield prod


def synthesis_of(cdks, files):
    return [lambda name=name: cdks[name].synthesize("prod", files[name]) for name in cdks]


@pytest.fixture(scope="module")
def backup(prod):
    return prod.prove_a_backup()


@pytest.fixture(scope="module")
def before_update(prod, backup):
    """The state before the changed settings were deployed; they are now."""
    state = prod.state()
    prod.cdks["changed"].deploy()
    return state


@pytest.fixture(scope="module")
def refusal(prod, before_update):
    """What the CLI said to the broken change."""
    with pytest.raises(EmulatorError) as refused:
        prod.cdks["broken"].deploy()
    return str(refused.value)


@pytest.fixture(scope="module")
def before_destruction(prod, refusal):
    """The state before everything was destroyed; it is now."""
    state = prod.state()
    prod.cdks["changed"].destroy()
    return state


def test_every_stack_is_created(prod):
    assert prod.statuses().keys() >= {DATABASE, BACKUPS}
    assert set(prod.statuses().values()) == {"CREATE_COMPLETE"}


def test_deployment_makes_the_monitor_login(prod):
    """The deployment made the login that reads everything and logs in by iam."""
    granted = prod.execute(
        "SELECT granted.rolname FROM pg_auth_members m JOIN pg_roles granted ON granted.oid = m.roleid"
        " WHERE m.member = %s::regrole",
        MONITOR_LOGIN,
    )
    assert {role for (role,) in granted} == set(ROLES)


def test_the_master_password_is_in_no_log(prod):
    lines = prod.log_lines()
    assert any("login is there" in line for line in lines)
    assert not any(prod.master_credentials()["password"] in line for line in lines)


def test_a_backup_is_proven_by_its_restore(backup):
    answer, verification = backup
    assert (answer["tables"], answer["rows"]) == (4, ROWS)
    assert verification.verdict is Verdict.PROVEN


def test_backup_needs_the_connect_permission(prod, backup):
    """Without the permission to log in there is no backup."""
    objects = prod.objects()
    with permission_taken(prod, "database_backup", "rds-db:connect"), pytest.raises(InvocationError) as refused:
        prod.stage.invoke("database_backup")
    assert f'PAM authentication failed for user "{MONITOR_LOGIN}"' in str(refused.value)
    assert prod.objects() == objects


@contextmanager
def permission_taken(prod, folder, action):
    """Take the statements that allow `action` out of the function's role, for a time."""
    iam, functions = prod.client("iam"), prod.client("lambda")
    role = functions.get_function_configuration(FunctionName=prod.stage.function(folder))["Role"].rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    less = copy.deepcopy(document)
    less["Statement"] = [it for it in less["Statement"] if action not in it["Action"]]
    assert less != document
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(less))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def test_recovery_check_knows_the_ages(prod, backup):
    """The recovery check knows the ages of backups and of the restorable time."""
    ages = prod.stage.invoke("recovery_check")
    assert set(ages) == {Metric.BACKUP_AGE, Metric.VERIFIED_BACKUP_AGE, Metric.RESTORABLE_TIME_AGE}
    assert all(0 <= age < 1800 for age in ages.values())


@pytest.fixture(scope="module")
def drill(prod, backup):
    """The fire drill on the alarms that only an RDS instance has, and on all others again."""
    course, topics = Course(prod.stage), Topics(prod.client, prod.stage.environment)
    course.prepare()
    topics.overhear()
    return (
        course,
        course.all_at_once(topics.received),
        course.of_composites(topics.received),
        course.with_their_causes(topics.received),
    )


def test_every_alarm_goes_through_the_fire_drill(drill):
    course, all_at_once, of_composites, with_their_causes = drill
    assert {"AWS/RDS", "JunkOS", "JunkOS/prod"} <= {it.namespace for alarm in course.alarms for it in alarm.metrics}
    faults = [*course.groups[1]]
    for outcomes in (all_at_once, of_composites, with_their_causes):
        faults += [fault for outcome in outcomes.values() for fault in outcome.faults]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("phase", "state"), [(Phase.WORST, "ALARM"), (Phase.WELL_AGAIN, "OK")])
def test_every_alarm_reaches_its_topic(drill, phase, state):
    """Every alarm is sent at the topic of its level."""
    course, all_at_once, of_composites, _ = drill
    sending = [it for it in course.alarms if it.sends and not it.alarms_on_silence and it.name not in course.causes]
    received = {it for it in all_at_once[phase].received if it.state == state}
    assert {it for it in received if it.alarm not in course.names_of_composites} == {
        Received(alarm.level, alarm.name, state) for alarm in sending
    }
    wanted = {Received(alarm.level, alarm.name, state) for alarm in course.composites}
    assert {it for it in of_composites[phase].received if it.state == state} == wanted


def test_database_down_suppresses_its_consequences(drill):
    """While the database is down what follows from it is not sent."""
    course, _, _, with_their_causes = drill
    received = {it for it in with_their_causes[Phase.WORST].received if it.state == "ALARM"}
    assert received == {
        Received(alarm.level, alarm.name, "ALARM") for alarm in course.alarms if alarm.name in course.causes
    }


@pytest.mark.usefixtures("before_update")
def test_changed_settings_come_into_force(prod):
    statuses = prod.statuses()
    assert (statuses.pop(DATABASE), statuses.pop(BACKUPS)) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")
    assert set(statuses.values()) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert prod.days_in_force() == CHANGED


def test_update_keeps_all_data(prod, before_update):
    """An update replaces nothing and keeps all data."""
    assert before_update.objects
    assert prod.state() == before_update


def test_refused_change_is_rolled_back(prod, refusal):
    """A change that CloudFormation refuses is reported and rolled back."""
    assert f"Rename {INSTANCE}" in refusal
    assert prod.statuses()[DATABASE] == "UPDATE_ROLLBACK_COMPLETE"
    assert prod.statuses()[BACKUPS] == "UPDATE_COMPLETE"  # not reached


@pytest.mark.usefixtures("refusal")
def test_a_rollback_undoes_what_was_changed_already(prod):
    events = prod.client("cloudformation").describe_stack_events(StackName=DATABASE)["StackEvents"]
    newest_first = [(event["ResourceType"], event["ResourceStatus"]) for event in events]
    undoing = newest_first[: newest_first.index(("AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS"))]
    assert ("AWS::Logs::LogGroup", "UPDATE_COMPLETE") in undoing
    assert prod.days_in_force() == CHANGED


@pytest.mark.usefixtures("refusal")
def test_a_rollback_loses_nothing(prod, before_update):
    assert prod.state() == before_update


@pytest.mark.usefixtures("refusal")
def test_backups_go_on_after_a_rollback(prod):
    answer, verification = prod.prove_a_backup()
    assert answer["rows"] == ROWS
    assert verification.verdict is Verdict.PROVEN


def test_destroy_keeps_backups_and_database(prod, before_destruction):
    """Destroying the stacks leaves backups key and database."""
    assert prod.statuses() == {}
    assert prod.objects() == before_destruction.objects
    assert prod.instance()["DbiResourceId"] == before_destruction.instance
    assert prod.rows() == ROWS
    (key,) = (it for (_, kind, _), it in before_destruction.physical_ids.items() if kind == "AWS::KMS::Key")
    assert prod.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


@pytest.mark.usefixtures("before_destruction")
def test_destroying_the_stacks_leaves_no_function(prod):
    names = [function["FunctionName"] for function in prod.client("lambda").list_functions()["Functions"]]
    assert [name for name in names if name.startswith("junkos-prod-")] == []
