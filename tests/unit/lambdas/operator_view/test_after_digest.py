"""What the digest wrote is what views show and actions change, and the digest keeps to what they changed."""

import uuid
from datetime import timedelta

import pytest
from moto import mock_aws

from lambdas.operator_action.apply import Actor, apply
from lambdas.operator_action.wish import Merge, Mute, Resolve, Wish
from lambdas.operator_view.render import show
from lambdas.operator_view.sources import Sources, error_sources
from lambdas.operator_view.surface import Local
from lambdas.operator_view.view import Page
from lambdas.shared.error_tracking.users import hashed_user
from lambdas.vocabulary.error_tracking import Deployment, Resolution, State
from ops.errors_tracked.forget import SampleObjects, forget_user
from tests.unit.lambdas.error_digest.situation import make_situation
from tests.unit.lambdas.operator_view.story import NEW, OLD, event

NEXT = "shop-api@1.5.0"
USER = hashed_user("mira@example.com", "test")


class Place:
    """A digest, and an operator who looks at what it wrote."""

    def __init__(self):
        self.there = make_situation()
        self.table = self.there.table
        errors = error_sources(self.table, self.there.s3, self.there.settings.bucket, ("api",))
        self.sources = Sources(errors, clock=lambda: self.there.at)
        for ago, release in enumerate((NEW, OLD)):
            self.table.add_deployment("api", release, Deployment("test", self.there.at - timedelta(days=ago)))

    def happens(self, release=NEW, **fields):
        """An error, a minute after what was before."""
        self.there.at += timedelta(minutes=1)
        own = {"event_id": uuid.uuid4().hex, "timestamp": self.there.at.isoformat(), "release": release}
        sent = {**event(), "environment": "test", "user": {"id": USER}, **own, **fields}
        self.there.take(sent)

    def show(self, **asked):
        return show(asked, self.sources, Page(Local("token"), self.there.at))

    def do(self, change, issue=None):
        self.there.at += timedelta(minutes=1)
        wish = Wish("api", (issue or self.there.issue()).id, change)
        return apply(self.table, "test", wish, Actor("anna", self.there.at))

    @property
    def state(self):
        return self.there.issue().state


@pytest.fixture
def place():
    with mock_aws():
        yield Place()


def test_digested_error_is_shown(place):
    """Title, culprit, counts, trend, source, release and context."""
    place.happens()
    place.happens()
    listed = place.show()
    assert "TypeError: Cannot read properties of undefined" in listed
    assert "chargeOrder" in listed
    assert "2 events in 24 hours, at most 2 in one" in listed
    html = place.show(view="issue", id=place.there.issue().id)
    for said in ("Sample 1 of ", "const amount = cart.sum.total", "payment.provider", ">1.4.2</span>", USER):
        assert said in html


def test_fix_in_next_release_holds(place):
    """The release that runs does not reopen it, the next one does."""
    place.happens()
    assert place.do(Resolve(Resolution.IN_NEXT_RELEASE)) == f"Resolved in the release after {NEW}"
    for release in (NEW, OLD):
        place.happens(release)
        assert place.state is State.RESOLVED
    place.table.add_deployment("api", NEXT, Deployment("test", place.there.at))
    place.happens(NEXT)
    assert place.state is State.REGRESSED
    assert ">regressed</span><span>in 1.5.0</span>" in place.show()


def test_mute_ends_after_events(place):
    place.happens()
    place.do(Mute(events=2))
    place.happens()
    assert place.state is State.MUTED
    place.happens()
    assert place.state is State.OPEN


def test_merged_issue_takes_later_events(place):
    other = {"exception": {"values": [{"type": "OtherError", "value": "other"}]}}
    place.happens()
    place.happens(**other)
    into, gone = sorted(place.there.issues(), key=lambda issue: issue.title, reverse=True)
    assert place.do(Merge((gone.id,)), into) == "1 issue merged into this one"
    place.happens(**other)
    assert (place.there.issue().id, place.there.issue().count) == (into.id, 3)
    assert into.title in place.show(view="issue", id=gone.id)


def test_forgotten_user_is_nowhere(place):
    """Neither in the table nor in a sample, nor on a page."""
    place.happens()
    place.happens(user={"id": "user-other"})
    objects = SampleObjects(place.there.s3, place.there.settings.bucket)
    forgotten = forget_user(place.table, objects, "api", USER)
    assert (forgotten.issues, forgotten.events) == (1, 1)
    left = [line for key in objects.keys("api") for line in map(str, objects.events(key))]
    assert len(left) == 2
    assert not any(USER in line for line in left)
    id_ = place.there.issue().id
    pages = [place.show(view="issue", id=id_, sample=number) for number in (1, 2)]
    assert any("user-other" in page for page in pages)
    assert any("This sample was removed with its user's data." in page for page in pages)
