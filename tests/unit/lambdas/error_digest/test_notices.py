"""What is published of issues: once, in words, and many at once as a list."""

import pytest
from moto import mock_aws

from lambdas.error_digest.outbox import OUTBOX
from lambdas.shared.error_tracking.states import mute, resolve
from lambdas.vocabulary.error_tracking import Resolution, State
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change
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


def kinds(*numbers, **others):
    return [event(exception(f"Kind{number}"), **others) for number in numbers]


def change(situation, changed, *arguments, **named):
    issue = situation.issue()
    situation.table.change(issue, changed(issue, *arguments, **named))


def test_new_issue_is_published_once(situation):
    situation.take(event(), event())
    situation.take(event())
    (notice,) = situation.sns.published
    issue = situation.issue()
    assert notice.title == "New error in api: TypeError: price is undefined"
    assert notice.measured == "in createOrder (dist/orders.js), release api@1.0.0, seen 2 times"
    assert notice.first_look == f"ops test errors show {issue.id}"
    assert (notice.level, notice.change, notice.owner) == (Level.MEDIUM, Change.HAPPENED, "backend")
    assert notice.runbook == "https://runbooks.example/errors.md"
    assert situation.table.query(OUTBOX) == []


def test_regression_says_where_it_came_back(situation):
    situation.take(event())
    change(situation, resolve, Resolution.IN_RELEASE, START, release="api@1.1.0")
    situation.at = START + HOUR
    for _ in range(2):
        situation.take(event(release="api@1.2.0", at=situation.at))
    notice = situation.sns.published[-1]
    assert len(situation.sns.published) == 2
    assert notice.title == "Error came back in api: TypeError: price is undefined"
    assert notice.measured == (
        "came back in release api@1.2.0; was resolved in release api@1.1.0, in createOrder (dist/orders.js),"
        " seen 2 times"
    )
    assert (notice.level, notice.at) == (Level.MEDIUM, situation.at)


@pytest.mark.parametrize(
    ("kind", "release", "words"),
    [
        (Resolution.NOW, "", "was resolved on 24 Nov 2026, 09:20 UTC"),
        (Resolution.IN_NEXT_RELEASE, "api@1.0.0", "was resolved after release api@1.0.0"),
    ],
)
def test_regression_says_how_it_was_resolved(situation, kind, release, words):
    situation.take(event())
    change(situation, resolve, kind, START, release=release)
    situation.at = START + HOUR
    situation.take(event(release="api@2.0.0", at=situation.at))
    assert words in situation.sns.published[-1].measured


def test_second_regression_is_published_again(situation):
    situation.take(event())
    for hour in (1, 3):
        change(situation, resolve, Resolution.NOW, START + hour * HOUR)
        situation.at = START + (hour + 1) * HOUR
        situation.take(event(at=situation.at))
    assert len(situation.sns.published) == 3
    assert len({notice.key for notice in situation.sns.published}) == 3


def test_old_release_of_resolved_is_silent(situation):
    situation.take(event())
    change(situation, resolve, Resolution.IN_RELEASE, START, release="api@1.1.0")
    situation.at = START + HOUR
    situation.take(event(release="api@1.0.9", at=situation.at))
    assert len(situation.sns.published) == 1


def test_muted_is_silent(situation):
    """sentry#98523."""
    situation.take(event())
    change(situation, mute, START)
    situation.take(*(event() for _ in range(20)))
    assert len(situation.sns.published) == 1


def test_mute_that_is_exceeded_is_published(situation):
    """sentry#105212: at the number, and not below it."""
    situation.take(event())
    change(situation, mute, START, events=3, window_minutes=60)
    situation.at = START + MINUTE
    situation.take(*(event(at=situation.at) for _ in range(2)))
    assert len(situation.sns.published) == 1
    situation.take(event(at=situation.at))
    situation.take(event(at=situation.at))
    assert situation.sns.titles[1:] == ["Muted error exceeded 3 events in api: TypeError: price is undefined"]
    assert "it came 3 times within 60 minutes since it was muted" in situation.sns.published[-1].measured


# Storms


def test_five_new_kinds_are_five_notices(situation):
    situation.take(*kinds(*range(5)))
    assert len(situation.sns.published) == 5


def test_storm_in_batch_is_one_notice(situation):
    situation.take(*kinds(*range(10, 24)))
    (notice,) = situation.sns.published
    assert notice.title == "14 new kinds of errors in api within ten minutes"
    assert notice.measured.startswith("Kind10: price is undefined; ")
    assert notice.measured.endswith("; and 4 more")
    assert notice.first_look == "ops test errors list"


def test_storm_over_batches_is_one_list(situation):
    """Five, then a list of what comes in the rest of the ten minutes, when they are over."""
    for number in range(12):
        situation.at = START + number * MINUTE / 2
        situation.take(*kinds(number))
    assert [title.partition(" in ")[0] for title in situation.sns.titles] == ["New error"] * 5 + [
        "6 new kinds of errors"
    ]
    assert situation.sns.published[-1].measured.startswith("Kind0: price is undefined; Kind1:")
    situation.at = START + 11 * MINUTE
    situation.digest.take({"source": "aws.scheduler"})
    assert situation.sns.titles[6:] == ["6 new kinds of errors in api within ten minutes"]
    assert situation.table.query(OUTBOX) == []


def test_after_the_storm_each_is_published(situation):
    situation.take(*kinds(*range(10)))
    situation.at = START + 11 * MINUTE
    situation.take(*kinds(99))
    assert situation.sns.titles[1:] == ["New error in api: Kind99: price is undefined"]


def test_projects_have_storms_of_their_own(situation):
    situation.take(*kinds(*range(10)))
    situation.take(*kinds(1), project="web")
    assert situation.sns.titles[1:] == ["New error in web: Kind1: price is undefined"]


def test_regressions_are_no_new_kinds(situation):
    situation.take(event())
    change(situation, resolve, Resolution.NOW, START)
    situation.take(*kinds(*range(10)), event(at=START + MINUTE))
    assert [title[:10] for title in situation.sns.titles] == ["New error ", "11 new kin", "Error came"]


def test_notice_of_dead_run_is_published(situation):
    """Its claim ends after a minute."""

    class Killed(BaseException):
        pass

    def killed(_operation, **_given):
        raise Killed

    sns = Through(situation.sns, publish=killed)
    dynamodb = Through(situation.dynamodb, update_item=_claim_alone())
    with pytest.raises(Killed):
        situation.make_digest(dynamodb, sns=sns).take({"Records": [situation.message(event())]})
    situation.take()
    assert situation.sns.published == []
    situation.at = START + 2 * MINUTE
    situation.take()
    assert len(situation.sns.published) == 1


def _claim_alone():
    """The first write of a notice's claim; whatever the dead process would do then does not happen."""
    calls = []

    def write(operation, **given):
        calls.append(given)
        return operation(**given) if len(calls) == 1 else None

    return write


def test_two_runs_publish_a_notice_once(situation):
    """Another run publishes between reading and claiming."""

    def meanwhile(operation, **given):
        if "#until" in given["ExpressionAttributeNames"] and not raced:
            raced.append(1)
            situation.make_digest().take({})
        return operation(**given)

    raced = []
    digest = situation.make_digest(Through(situation.dynamodb, update_item=meanwhile))
    digest.take({"Records": [situation.message(event())]})
    assert raced
    assert len(situation.sns.published) == 1


@pytest.mark.parametrize("hostile", ["<!channel> *x*", "a\n\x1b[31mb", "\ud800", "x" * 10_000, "=1+1|cmd"])
def test_hostile_title_is_published(situation, hostile):
    situation.take(event(exception(hostile, hostile), release=hostile))
    (notice,) = situation.sns.published
    assert not {"\n", "\x1b"} & {*notice.title, *notice.measured}
    assert len(notice.title) < 300


# Too many kinds


def test_kinds_beyond_the_quota_are_one():
    """A million distinct messages: as many issues as may be, and one more for all the rest."""
    with mock_aws():
        situation = make_situation(new_issues_per_day=7)
        for batch in range(4):
            situation.take(*kinds(*range(10 * batch, 10 * batch + 10)))
        issues = situation.issues()
        assert len(issues) == 8
        assert sum(issue.count for issue in issues) == 40
        (rest,) = [issue for issue in issues if issue.title.startswith("More kinds")]
        assert (rest.title, rest.count) == ("More kinds of errors than 7 in one day", 33)
        titles = [title for title in situation.sns.titles if title.startswith("More than 7")]
        assert titles == ["More than 7 new kinds of errors in api in one day"]
        situation.at = START + DAY
        situation.take(*kinds(100, at=situation.at))
        assert len(situation.issues()) == 9


def test_known_kinds_count_beyond_the_quota():
    with mock_aws():
        situation = make_situation(new_issues_per_day=1)
        situation.take(*kinds(0))
        situation.take(*kinds(0, 1, 2))
        assert sorted(issue.count for issue in situation.issues()) == [2, 2]
        situation.take(*kinds(0), project="web")
        assert situation.issue("web").count == 1


def test_full_quota_costs_one_write():
    """A flood of distinct errors is a few transactions, and not one for each."""
    with mock_aws():
        situation = make_situation(new_issues_per_day=1)
        situation.take(*kinds(0))
        calls = []

        def counted(operation, **given):
            calls.append(given)
            return operation(**given)

        digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=counted))
        digest.take({"Records": [situation.message(*kinds(*range(1, 60)))]})
        assert len(calls) == 1
        assert max(issue.count for issue in situation.issues()) == 59


def test_quota_holds_when_digests_race():
    with mock_aws():
        situation = make_situation(new_issues_per_day=1)

        def meanwhile(operation, **given):
            if not raced:
                raced.append(1)
                situation.make_digest().take({"Records": [situation.message(*kinds(1, release=""))]})
            return operation(**given)

        raced = []
        digest = situation.make_digest(Through(situation.dynamodb, transact_write_items=meanwhile))
        digest.take({"Records": [situation.message(*kinds(2, release=""))]})
        assert sorted(issue.title[:5] for issue in situation.issues()) == ["Kind1", "More "]


def test_releases_that_events_name_are_bounded(situation, monkeypatch):
    monkeypatch.setattr("lambdas.error_digest.releases.MOST_A_DAY", 3)
    situation.take(*(event(release=f"made-up-{number}") for number in range(6)))
    assert len(situation.table.releases("api")) == 3
    assert situation.issue().state is State.OPEN
    assert situation.issue().count == 6
