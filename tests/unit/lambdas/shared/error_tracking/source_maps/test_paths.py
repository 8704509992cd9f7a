import pytest

from lambdas.shared.error_tracking.source_maps.limits import LONGEST_PATH
from lambdas.shared.error_tracking.source_maps.paths import UNKNOWN, normalised


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("../src/payments.ts", "src/payments.ts"),
        ("../../../etc/passwd", "etc/passwd"),
        ("src/../../../x/./a.ts", "x/a.ts"),
        ("webpack://shop/./src/payments.ts?a1b2", "src/payments.ts"),
        ("webpack:///src/payments.ts", "src/payments.ts"),
        ("file:///build/app/src/payments.ts", "build/app/src/payments.ts"),
        ("https://cdn.example.com/src/a.ts#x", "src/a.ts"),
        ("C:\\work\\src\\a.ts", "work/src/a.ts"),
        ("src/\x1b[31ma\u202e.ts", "src/?[31ma?.ts"),
        ("..", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_path_is_of_the_repository(written, expected):
    assert normalised(written) == expected


def test_root_stands_before_relative_paths():
    assert normalised("payments.ts", "/src/") == "src/payments.ts"
    assert normalised("/lib/a.ts", "/src/") == "lib/a.ts"
    assert normalised("webpack://x/lib/a.ts", "src") == "lib/a.ts"


def test_long_path_keeps_its_end():
    written = normalised("x/" * LONGEST_PATH + "a.ts")
    assert written.endswith("x/a.ts")
    assert len(written) == LONGEST_PATH
    assert len(normalised("../" * 1_000_000)) <= LONGEST_PATH
