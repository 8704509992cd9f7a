"""What is sent about many changes, and in which order."""

from datetime import UTC, datetime, timedelta

from lambdas.notify.deduplicate import Subject, deduplicate
from lambdas.notify.message import Message, merged
from lambdas.notify.read_notice import Received
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def raised(seconds, key="a", level=Level.HIGH, **fields):
    return Notice(key, level, Change.RAISED, f"{key} is bad", at(seconds), **fields)


def recovered(seconds, key="a", level=Level.HIGH, **fields):
    return Notice(key, level, Change.RECOVERED, f"{key} is bad", at(seconds), **fields)


def sent(*notices, known=None):
    found, after = deduplicate([Received(notice) for notice in notices], known or {})
    return [each.notice for each in found], after


def texts(*notices):
    return [line.text for line in merged(notices)]


def test_recovery_states_its_start():
    """A recovery says since when it was wrong."""
    _, known = sent(raised(0))
    (notice,), known = sent(recovered(900), known=known)
    assert notice.since == at(0)
    assert known["a"] == Subject(at(900), None)


def test_unsent_alarm_sends_no_recovery():
    """A new alarm's first evaluation, or the end of one that was suppressed or muted all the while."""
    assert sent(recovered(5))[0] == []
    assert len(sent(recovered(5, since=at(0)))[0]) == 1  # whoever says since when has sent it


def test_recovery_through_no_data_is_sent():
    """A recovery by way of no data is sent for what was raised."""
    known = {"a": Subject(at(0), at(0))}
    (notice,), _ = sent(recovered(60), known=known)
    assert notice.since == at(0)


def test_late_alarm_after_recovery_is_dropped():
    """An alarm that comes after its recovery was sent is not sent."""
    known = {"a": Subject(at(60), None)}
    notices, after = sent(raised(0), known=known)
    assert notices == []
    assert after == known


def test_repeated_alarm_keeps_first_start():
    """An alarm that is raised again began when it was raised first."""
    (notice,), known = sent(raised(60), known={"a": Subject(at(0), at(0))})
    assert notice.since == at(0)
    assert known["a"].raised_at == at(0)


def test_lines_are_sorted_worst_first():
    """One line for each subject worst first then what changed first and good news last."""
    assert texts(
        raised(9, "late", Level.CRITICAL),
        recovered(0, "gone", Level.CRITICAL, since=at(-60)),
        raised(5, "effect"),
        raised(1, "cause"),
        raised(0, "small", Level.LOW),
    ) == [
        "CRITICAL: late is bad",
        "HIGH: cause is bad",
        "HIGH: effect is bad",
        "LOW: small is bad",
        "Recovered after 1 min: gone is bad",
    ]


def test_unsent_ended_alarm_is_one_line():
    """What was over before anybody was sent is said so in one line."""
    assert texts(raised(0), recovered(40)) == ["Was high for 40 s: a is bad"]
    assert texts(recovered(40), raised(0)) == ["Was high for 40 s: a is bad"]
    assert texts(raised(0), recovered(10), raised(20), recovered(40)) == ["Was high for 40 s, 2 times: a is bad"]


def test_sent_flapping_alarm_ends_recovered():
    """What was sent before and flaps ends as recovered."""
    assert texts(recovered(0, since=at(-600)), raised(10), recovered(20, since=at(10))) == [
        "Recovered after 10 s: a is bad"
    ]


def test_final_state_raised_is_raised():
    """What is raised in the end is raised."""
    assert texts(raised(0), recovered(10), raised(20)) == ["HIGH: a is bad (2 times)"]


def test_what_happens_again_is_counted():
    seen = [Notice("f", Level.LOW, Change.HAPPENED, "seen", at(second)) for second in range(3)]
    assert texts(*seen) == ["LOW: seen (3 times)"]


def test_pre_counted_changes_count_once():
    """What was counted where it was seen is not counted twice."""
    seen = [
        Notice("f", Level.LOW, Change.HAPPENED, "seen", at(second), count=count) for second, count in ((0, 5), (9, 7))
    ]
    assert texts(*seen) == ["LOW: seen (7 times)"]


def test_raised_again_ends_as_recovered():
    """An alarm that loses its data for a while is raised twice, and recovers once."""
    known = {"a": Subject(at(-600), at(-600))}
    assert texts(*sent(raised(0), recovered(20), known=known)[0]) == ["Recovered after 10 min: a is bad"]


def test_the_headline_counts_by_level():
    lines = merged([raised(0, "a", Level.CRITICAL), raised(0, "b"), raised(0, "c"), recovered(0, "d", since=at(-60))])
    message = Message("prod", "id", lines)
    assert message.headline == "[prod] 4 alerts: 1 critical, 2 high, 1 recovered"
    assert message.level is Level.CRITICAL
    assert Message("prod", "id", merged([raised(0)])).headline == "[prod] HIGH: a is bad"
