"""Lines as they may be kept."""

from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.lines import LONGEST, MOST, one_line, shown
from lambdas.shared.masking import MASK


def test_secret_is_masked_before_the_cut():
    """Also where the cut goes through it."""
    secret = "postgresql://app:hunter2@db.example/orders"
    for place in range(LONGEST - len(secret) - 2, LONGEST):
        assert "hunter" not in one_line(f"{'x' * place} {secret}")
    assert MASK in one_line(f"failed: {secret}")


def test_more_lines_are_counted():
    lines = shown([f"line {number}" for number in range(14)])
    assert len(lines) == MOST
    assert lines[-2:] == ("line 8", "… 5 more")
    assert shown(["a"] * MOST) == ("a",) * MOST


@given(st.lists(st.text(max_size=700), max_size=30))
def test_lines_are_bounded(lines):
    found = shown(lines)
    assert len(found) <= MOST
    assert all(len(line) <= LONGEST and len(line.splitlines()) <= 1 for line in found)
