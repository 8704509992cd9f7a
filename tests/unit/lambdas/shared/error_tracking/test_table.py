"""The table of errors, as commands and views use it."""

import random
from dataclasses import replace

import pytest
from moto import mock_aws

from lambdas.shared.error_tracking import items, samples
from lambdas.shared.error_tracking.states import mute, resolve
from lambdas.shared.error_tracking.table import ChangedMeanwhileError, TableBusyError, TooManyMergedError
from lambdas.vocabulary.error_tracking import Commit, Deployment, Release, Resolution, Sample, State
from lambdas.vocabulary.notices import EXPIRES_AT
from tests.unit.lambdas.error_digest.situation import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Through,
    event,
    exception,
    make_situation,
)


@pytest.fixture
def situation():
    with mock_aws():
        yield make_situation()


@pytest.fixture
def table(situation):
    return situation.table


def by_title(situation, title):
    (issue,) = [issue for issue in situation.issues() if issue.title.startswith(title)]
    return issue


def test_issues_are_listed_newest_first(situation, table):
    for number, kind in enumerate(("A", "B", "C")):
        situation.take(event(exception(kind), at=START - number * HOUR))
    issue = by_title(situation, "B")
    table.change(issue, mute(issue, START))
    assert [issue.title[0] for issue in table.issues("api")] == ["A", "B", "C"]
    assert [issue.title[0] for issue in table.issues("api", [State.OPEN])] == ["A", "C"]
    assert [issue.title[0] for issue in table.issues("api", limit=2)] == ["A", "B"]
    assert table.issues("other") == []
    assert table.issue("api", issue.id).state is State.MUTED
    assert table.issue("other", issue.id) is None


def test_change_keeps_what_events_did(situation, table):
    situation.take(event())
    issue = situation.issue()
    situation.take(event())
    table.change(issue, resolve(issue, Resolution.NOW, START, by="ann"))
    changed = situation.issue()
    assert (changed.state, changed.count, changed.revision) == (State.RESOLVED, 2, issue.revision + 1)


def test_change_over_another_is_refused(situation, table):
    situation.take(event())
    issue = situation.issue()
    table.change(issue, mute(issue, START))
    with pytest.raises(ChangedMeanwhileError):
        table.change(issue, resolve(issue, Resolution.NOW, START))
    with pytest.raises(ChangedMeanwhileError):
        table.change(replace(issue, id="gone"), mute(issue, START))
    assert situation.issue().state is State.MUTED


def test_change_while_events_come(situation, table):
    """A digest writes between reading and writing: both stay."""
    situation.take(event())
    issue = situation.issue()

    def meanwhile(operation, **given):
        if not raced:
            raced.append(1)
            situation.take(event())
        return operation(**given)

    raced = []
    replace(table, dynamodb=Through(situation.dynamodb, put_item=meanwhile)).change(issue, mute(issue, START))
    assert (situation.issue().state, situation.issue().count) == (State.MUTED, 2)


def test_merge_is_for_all_later_events(situation, table):
    for number, kind in enumerate(("A", "B", "C")):
        situation.take(event(exception(kind), at=START - number * HOUR, release=f"{3 - number}", user={"id": number}))
    a, b, c = (by_title(situation, kind) for kind in "ABC")
    sent = event(exception("B"))
    situation.take(sent)
    table.merge(b, [c])
    table.merge(a, [by_title(situation, "B")])
    situation.take(*(event(exception(kind)) for kind in "ABC"))
    issue = situation.issue()
    assert (issue.id, issue.count, issue.users) == (a.id, 7, 3)
    assert (issue.first_seen, issue.first_release, issue.last_release) == (START - 2 * HOUR, "1", "api@1.0.0")
    assert len(issue.samples) == 5
    assert table.hours(issue, 3) == [1, 1, 5]
    assert table.releases_of(issue) == {"1": 1, "2": 1, "3": 1, "api@1.0.0": 4}
    assert table.event_issue(sent["event_id"]) == ("api", a.id)
    assert (table.issue("api", b.id), table.issue("api", c.id)) == (None, None)
    assert len(situation.sns.published) == 3


def test_merge_of_gone_issue_is_refused(situation, table):
    situation.take(event(exception("A")), event(exception("B")))
    a, b = by_title(situation, "A"), by_title(situation, "B")
    table.merge(a, [a])
    table.merge(a, [b])
    with pytest.raises(ChangedMeanwhileError):
        table.merge(a, [b])
    with pytest.raises(ChangedMeanwhileError):
        table.merge(b, [a])
    assert situation.issue().count == 2


def test_merge_of_other_projects_is_refused(situation, table):
    situation.take(event())
    situation.take(event(), project="web")
    with pytest.raises(ChangedMeanwhileError):
        table.merge(situation.issue(), situation.issues("web"))


def test_merge_is_bounded(situation, table, monkeypatch):
    monkeypatch.setattr("lambdas.shared.error_tracking.table.MOST_ABSORBED", 1)
    situation.take(*(event(exception(kind)) for kind in "ABC"))
    a, b, c = (by_title(situation, kind) for kind in "ABC")
    with pytest.raises(TooManyMergedError):
        table.merge(a, [b, c])
    assert len(situation.issues()) == 2


def test_merge_while_events_come(situation):
    """A digest that has read the issue that is merged away counts to the one that is left."""
    situation.take(event(exception("A")), event(exception("B")))

    def meanwhile(operation, **given):
        if not raced:
            raced.append(1)
            situation.table.merge(by_title(situation, "A"), [by_title(situation, "B")])
        return operation(**given)

    raced = []
    digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=meanwhile))
    digest.take({"Records": [situation.message(event(exception("B")))]})
    assert situation.issue().count == 3


def test_user_is_forgotten(situation, table):
    situation.take(event(exception("A"), user={"id": 7}), event(exception("B"), user={"id": "7"}))
    situation.take(event(exception("C"), user={"id": 8}))
    assert {issue.title[0] for issue in table.delete_user("api", "7")} == {"A", "B"}
    assert table.delete_user("api", "7") == []
    assert table.delete_user("web", "8") == []
    assert len(table.delete_user("api", "8")) == 1


def test_samples_of_a_user_are_erased(situation, table):
    """The others of the same object stay, on their lines."""
    situation.take(event(event_id="a" * 32, user={"id": 7}), event(event_id="b" * 32, user={"id": 8}))
    (issue,) = table.delete_user("api", "7")
    assert samples.erase_user(situation.s3, "errors", issue.samples, "7") == 1
    found = {sample.event_id: samples.read(situation.s3, "errors", sample) for sample in issue.samples}
    assert found["a" * 32] == {}
    assert found["b" * 32]["user"] == {"id": 8}
    assert samples.erase_user(situation.s3, "errors", issue.samples, "7") == 0


def test_table_holds_no_users_name(situation):
    situation.take(event(user={"id": "ann.lee"}))
    assert "ann.lee" not in str(situation.dynamodb.scan(TableName="errors"))


def test_issue_is_kept_after_last_event(situation):
    situation.take(event())
    situation.at = START + 100 * DAY
    situation.take(event())
    stored = situation.table.get(items.issue_key("api", situation.issue().id))
    assert int(stored[EXPIRES_AT]["N"]) == int((situation.at + 400 * DAY).timestamp())


def test_all_but_aliases_expires(situation, table):
    """Nothing stays for ever that nobody asked for."""
    situation.take(event(user={"id": 1}), event(exception("B")))
    situation.sns.failures = 0
    table.merge(by_title(situation, "T"), [by_title(situation, "B")])
    found = situation.dynamodb.scan(TableName="errors")["Items"]
    assert {item["record"]["S"].partition("#")[0] for item in found if EXPIRES_AT not in item} == {"hash"}


# Releases


def test_release_gathers_what_is_known(table):
    table.put_release(Release("api", "2", START + HOUR))
    commits = (Commit("3f2a1b9", "Mend it", "ann", START, ("src/a.ts",)),)
    table.put_release(Release("api", "2", START, commits))
    table.add_deployment("api", "2", Deployment("prod", START + DAY, "one"))
    table.add_deployment("api", "2", Deployment("prod", START + DAY, "one"))
    table.put_release(Release("api", "2", START + DAY, released_at=START + DAY))
    deployments = (Deployment("prod", START + DAY, "one"),)
    assert table.release("api", "2") == Release("api", "2", START, commits, deployments, START + DAY)
    assert table.release("web", "2") is None


def test_deployment_makes_a_release(table):
    table.add_deployment("api", "9", Deployment("prod", START))
    assert table.release("api", "9").created_at == START


def test_releases_are_listed_newest_first(table):
    for day in (2, 1, 3):
        table.put_release(Release("api", f"{day}", START + day * DAY))
    assert [each.version for each in table.releases("api")] == ["3", "2", "1"]
    assert len(table.releases("api", limit=2)) == 2


def test_release_of_many_commits_fits(table):
    """Of one that is too large for an item the paths are left out, and then the commits."""
    words = random.Random(1)  # noqa: S311 - it guards nothing
    many = [
        Commit(f"{number}", f"{words.getrandbits(800):x}", paths=(f"{words.getrandbits(8000):x}",))
        for number in range(900)
    ]
    table.put_release(Release("api", "2", START, tuple(many)))
    assert table.release("api", "2").commits == tuple(replace(commit, paths=()) for commit in many)
    long = tuple(replace(commit, message=commit.paths[0]) for commit in many)
    table.put_release(Release("api", "3", START, long))
    assert table.release("api", "3").commits == ()


def test_deployments_do_not_undo_each_other(situation, table):
    def meanwhile(operation, **given):
        if not raced:
            raced.append(1)
            table.add_deployment("api", "1", Deployment("dev", START))
        return operation(**given)

    raced = []
    racing = replace(table, dynamodb=Through(situation.dynamodb, put_item=meanwhile))
    racing.add_deployment("api", "1", Deployment("prod", START + HOUR))
    assert [each.environment for each in table.release("api", "1").deployments] == ["dev", "prod"]


@pytest.mark.parametrize("version", ["é" * 300, "a#b", "\ud800", "x\ny", "../.."])
def test_hostile_release_is_kept(table, version):
    table.put_release(Release("api", version, START))
    assert table.release("api", version).created_at == START
    assert len(table.releases("api")) == 1


# Faults


def test_busy_table_is_an_error(situation, table):
    def left_out(_operation, RequestItems):  # noqa: N803
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    busy = replace(table, dynamodb=Through(situation.dynamodb, batch_get_item=left_out))
    with pytest.raises(TableBusyError):
        busy.get_many([items.event_identity("a")])


def test_endless_race_is_an_error(situation, table):
    situation.take(event())
    issue = situation.issue()

    def overtaken(_operation, **_given):
        raise situation.dynamodb.exceptions.ConditionalCheckFailedException({"Error": {}}, "PutItem")

    with pytest.raises(ChangedMeanwhileError, match="6 times"):
        replace(table, dynamodb=Through(situation.dynamodb, put_item=overtaken)).change(issue, mute(issue, START))


def test_hours_are_of_the_past(situation, table):
    situation.take(event(at=START - 30 * HOUR), event(at=START - HOUR + MINUTE), event())
    assert table.hours(situation.issue()) == [0] * 22 + [1, 1]
    assert table.hours(situation.issue(), 2, START + 2 * HOUR) == [0, 0]


# Samples


def test_sample_that_expired_is_said(situation):
    with pytest.raises(samples.NoSampleError, match="gone"):
        samples.read(situation.s3, "errors", Sample("samples/api/x", 0, "", START))


def test_sample_of_no_line_is_said(situation):
    samples.write(situation.s3, "errors", "samples/api/x", [{"a": 1}, {"b": "x" * 3_000_000}, {"c": "\n\u2028"}])
    for line, expected in enumerate(("a", "b", "c")):
        assert expected in samples.read(situation.s3, "errors", Sample("samples/api/x", line, "", START))
    with pytest.raises(samples.NoSampleError, match="no line 3"):
        samples.read(situation.s3, "errors", Sample("samples/api/x", 3, "", START))


def test_sample_that_grows_is_not_read(situation, monkeypatch):
    samples.write(situation.s3, "errors", "samples/api/x", [{"a": "x" * 5_000_000}, {"b": 1}])
    monkeypatch.setattr("lambdas.shared.error_tracking.samples.LARGEST", 1_000_000)
    with pytest.raises(samples.NoSampleError):
        samples.read(situation.s3, "errors", Sample("samples/api/x", 1, "", START))
