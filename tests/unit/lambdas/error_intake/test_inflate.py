"""What is inflated is never held beyond its limit, however much there would be."""

import gzip
import zlib

import brotli
import pytest

from lambdas.error_intake import inflate
from lambdas.error_intake.refused import RefusedError

BOMB = b"\0" * 50_000_000
COMPRESSED = {"gzip": gzip.compress(BOMB, 1), "deflate": zlib.compress(BOMB, 1), "br": brotli.compress(BOMB, quality=1)}


@pytest.mark.parametrize("name", COMPRESSED)
def test_bomb_is_inflated_in_steps(name):
    steps = [len(step) for step in inflate._STEPS[name](COMPRESSED[name])]
    assert sum(steps) == len(BOMB)
    assert max(steps) <= 1_000_000


@pytest.mark.parametrize("name", COMPRESSED)
def test_limit_is_exact(name):
    assert len(inflate.inflated(COMPRESSED[name], (name,), len(BOMB))) == len(BOMB)
    with pytest.raises(RefusedError) as refused:
        inflate.inflated(COMPRESSED[name], (name,), len(BOMB) - 1)
    assert refused.value.status == 413


@pytest.mark.parametrize("name", COMPRESSED)
def test_beginning_costs_little(name):
    assert 8192 <= len(inflate.beginning(COMPRESSED[name], (name,), 8192)) <= 1_000_000


def test_plain_body_is_limited():
    with pytest.raises(RefusedError):
        inflate.inflated(b"12345", (), 4)


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("kept", [0.2, 0.99])
def test_truncated_body_is_refused(name, kept):
    body = COMPRESSED[name]
    with pytest.raises(RefusedError) as refused:
        inflate.inflated(body[: int(len(body) * kept)], (name,), len(BOMB))
    assert refused.value.status == 400
