"""All sources at once, each of which may fail alone."""

import threading

from lambdas.incident_evidence.gather import gather
from lambdas.incident_evidence.source import Found, Source
from lambdas.shared.masking import MASK
from tests.unit.lambdas.incident_evidence.situation import Aws, situation


def says(name, *lines, suspected=False):
    return Source(name, lambda _situation: Found(lines, suspected))


def fails(name, error):
    def look(_situation):
        raise error

    return Source(name, look)


def gathered(*sources, limit=5.0):
    return gather(situation(Aws()), sources, limit)


def test_suspected_source_comes_first():
    evidence = gathered(says("a", "1"), fails("b", OSError("no")), says("c", "2", suspected=True), says("d"))
    assert [each.source for each in evidence] == ["c", "a", "b", "d"]
    assert [each.lines for each in evidence] == [("2",), ("1",), (), ()]


def test_failing_source_fails_alone():
    bad, good = gathered(fails("a", OSError("nobody\nthere with password=hunter2")), says("b", "1"))
    assert bad.failed == f"nobody there with password={MASK}"
    assert (bad.lines, bad.suspected) == ((), False)
    assert (good.lines, good.failed) == (("1",), "")


def test_error_without_text_is_named():
    (evidence,) = gathered(fails("a", TimeoutError()))
    assert evidence.failed == "TimeoutError"


def test_late_source_fails_alone():
    """The others are not held up, and what it says later is not taken."""
    release = threading.Event()

    def look(_situation):
        release.wait(30)
        return Found(("too late",))

    try:
        late, good = gathered(Source("slow", look), says("b", "1"), limit=0.1)
    finally:
        release.set()
    assert late.failed == "no answer within 0.1 s"
    assert late.lines == ()
    assert good.lines == ("1",)


def test_sources_are_asked_at_once():
    """Each waits for all others to have begun."""
    together = threading.Barrier(3, timeout=30)

    def look(_situation):
        together.wait()
        return Found(("here",))

    evidence = gathered(*(Source(name, look) for name in "abc"), limit=30)
    assert [each.lines for each in evidence] == [("here",)] * 3


def test_secret_in_a_line_is_masked():
    (evidence,) = gathered(says("a", "deployed by jane.doe@shop.example with token=c2VjcmV0LXRva2Vu"))
    assert "jane.doe" not in evidence.lines[0]
    assert "c2VjcmV0" not in evidence.lines[0]
    assert evidence.lines[0].startswith("deployed by ")


def test_no_source_gathers_nothing():
    assert gathered() == ()
