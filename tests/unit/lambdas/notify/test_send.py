"""A message of several requests: none holds up the others, and what failed is named."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lambdas.notify.channel import Channel, Store
from lambdas.notify.message import Line, Message, merged
from lambdas.notify.secrets import Secrets
from lambdas.notify.send import AT_ONCE, RESERVE, Sender
from lambdas.shared.clock import Deadline
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAGER = Channel("pager", "pagerduty", tuple(Level), Store.PARAMETER, "/junkos/pager", url="https://pager.example/")
MANY = 3 * AT_ONCE


class PagerDuty:
    """Answers each subject with its fault, if it has one."""

    def __init__(self, **faults):
        self.faults, self.asked = faults, []

    def post(self, request, **_):
        key = json.loads(request.body)["dedup_key"]
        self.asked.append(key)
        if fault := self.faults.get(key):
            raise fault


def send(post, seconds=60.0):
    notices = [Notice(f"k{number}", Level.LOW, Change.RAISED, "bad", AT) for number in range(MANY)]
    secrets = Secrets(dict.fromkeys(Store, lambda _: "key"))
    Sender(secrets, Deadline.within(seconds), lambda: AT, post)(PAGER, Message("prod", "id", merged(notices)))


def test_one_refusal_stops_no_request():
    """Every request is made though one is refused and the refused one is named."""
    pager = PagerDuty(k0=PermanentError("answered 400"))
    with pytest.raises(PermanentError, match=rf"answered 400 \(1 of {MANY} requests failed\)") as error:
        send(pager.post)
    assert sorted(pager.asked) == sorted(f"k{number}" for number in range(MANY))
    assert error.value.keys == {"k0"}


def test_retryable_is_tried_before_giving_up():
    """What may be taken later is tried again before what is refused is given up."""
    pager = PagerDuty(k0=PermanentError("answered 400"), k1=RetryError("answered 429", 7), k2=RetryError("no answer"))
    with pytest.raises(RetryError, match="answered 429") as error:
        send(pager.post)
    assert error.value.keys == {"k0", "k1", "k2"}
    assert error.value.after == 7


def test_requests_are_made_side_by_side():
    together = threading.Barrier(AT_ONCE, timeout=10)
    send(lambda *_, **__: together.wait())


def test_no_time_leaves_next_attempt():
    """What there is no time for is left for the next attempt."""
    sent = []
    deadline = Deadline.within(RESERVE + 0.3)

    def slow(request, **_):
        sent.append(request.key)
        while deadline.remaining > RESERVE - 0.1:
            threading.Event().wait(0.01)

    with pytest.raises(RetryError, match="out of time") as error:
        send(slow, RESERVE + 0.3)
    assert len(sent) == AT_ONCE
    assert error.value.keys == {f"k{number}" for number in range(MANY)} - set(sent)


def test_unrenderable_is_sent_raw(caplog):
    """What cannot be rendered is sent raw and holds up nothing."""
    notices = [Notice(f"k{number}", Level.LOW, Change.RAISED, "bad", AT) for number in range(3)]
    broken = replace(notices[1], measured=7)
    pager = PagerDuty()
    sent = []

    def keep(request, **_):
        pager.post(request)
        sent.append(json.loads(request.body)["payload"]["summary"])

    sender = Sender(Secrets(dict.fromkeys(Store, lambda _: "key")), Deadline.within(60.0), lambda: AT, keep)
    sender(PAGER, Message("prod", "id", [Line(notices[0]), Line(broken), Line(notices[2])]))
    assert sorted(pager.asked) == ["k0", "k1", "k2"]
    assert sorted(sent) == [
        "[prod] LOW: An alert that cannot be shown: bad",
        "[prod] LOW: bad",
        "[prod] LOW: bad",
    ]
    assert [record.message for record in caplog.records] == ["not rendered"]
