import pytest

from lambdas.shared.error_tracking.versions import BadVersionError, version_of


@pytest.mark.parametrize(
    "version", ["1.0", "api@1.2.3+build", "103ba6a96a28fc34896a32807bc2d8025989028d", "x" * 200, "v1 é"]
)
def test_version_is_taken(version):
    assert version_of(f" {version} ") == version


@pytest.mark.parametrize(
    "version",
    ["", " ", ".", "..", "latest", "Latest", "a/b", "a\\b", "a\nb", "a\tb", "a\0", "x" * 201, "\ud800", 1, None],
)
def test_bad_version_is_refused(version):
    with pytest.raises(BadVersionError, match=r"^version: "):
        version_of(version)
