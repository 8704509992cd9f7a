"""Packages of every form of lock file, and of what is none."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.review.dependencies.lock_file import BadLockFileError, packages_in
from lambdas.review.dependencies.package_url import is_versioned, purl
from lambdas.review.sections.dependencies import own_packages
from layers import pins

NPM = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "backend", "version": "1.0.0"},
        "node_modules/express": {"version": "5.3.0"},
        "node_modules/express/node_modules/@scope/cookie": {"version": "1.2.0"},
        "node_modules/alias": {"name": "real", "version": "2.0.0"},
        "node_modules/jest": {"version": "1.0.0", "dev": True},
        "node_modules/local": {"link": True, "resolved": "local"},
        "node_modules/express2": {"version": "5.3.0", "name": "express"},
    },
}
NPM_1 = {
    "lockfileVersion": 1,
    "dependencies": {
        "express": {"version": "4.0.0", "dependencies": {"qs": {"version": "6.0.0"}}},
        "jest": {"version": "1.0.0", "dev": True},
    },
}
CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "components": [
        {"purl": "pkg:npm/express@5.3.0?vcs_url=x", "components": [{"purl": "pkg:npm/qs@6.0.0"}]},
        {"purl": "pkg:npm/without-version"},
        {"name": "without purl"},
        None,
    ],
}
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/flask@3.0.0"}]},
        {"externalRefs": [{"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a"}]},
        {},
    ],
}
REQUIREMENTS = """
# a comment
Flask_Login==0.6.3 ; python_version > "3.8" --hash=sha256:00
uvicorn[standard] == 0.30.0
requests>=2  # not exact
-e ./local
"""


@pytest.mark.parametrize(
    ("content", "packages"),
    [
        (json.dumps(NPM), ["pkg:npm/express@5.3.0", "pkg:npm/%40scope/cookie@1.2.0", "pkg:npm/real@2.0.0"]),
        (json.dumps(NPM_1), ["pkg:npm/express@4.0.0", "pkg:npm/qs@6.0.0"]),
        (json.dumps(CYCLONEDX), ["pkg:npm/express@5.3.0", "pkg:npm/qs@6.0.0"]),
        (json.dumps(SPDX), ["pkg:pypi/flask@3.0.0"]),
        (REQUIREMENTS, ["pkg:pypi/flask-login@0.6.3", "pkg:pypi/uvicorn@0.30.0"]),
    ],
    ids=["npm", "npm 1", "CycloneDX", "SPDX", "requirements"],
)
def test_packages(content, packages):
    assert packages_in(content.encode()) == packages


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"{}",
        b'{"lockfileVersion": 3, "packages": {}}',
        b'{"lockfileVersion": 3, "packages": []}',
        b'{"bomFormat": "CycloneDX", "components": {}}',
        b'{"spdxVersion": "SPDX-2.3"}',
        b"requests>=2",
        b"{" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_nothing_found_is_never_clean(content):
    with pytest.raises(BadLockFileError):
        packages_in(content)


@given(st.binary(max_size=200))
def test_any_bytes(content):
    with contextlib.suppress(BadLockFileError):
        assert all(is_versioned(each) for each in packages_in(content))


_JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("packages", "components", "purl", "version", "externalRefs", "x")), inner)
    ),
    max_leaves=12,
)


@given(st.sampled_from(("lockfileVersion", "bomFormat", "spdxVersion")), _JSON, _JSON)
def test_any_json(kind, packages, components):
    """Of a known kind, and otherwise as it likes."""
    document = {kind: 1, "packages": packages, "components": components, "dependencies": packages}
    with contextlib.suppress(BadLockFileError):
        packages_in(json.dumps(document).encode())


def test_own_pins_are_those_of_the_layers():
    """`make documents` writes them anew."""
    assert own_packages() == pins.purls()
    assert all(map(is_versioned, pins.purls()))
    assert purl("pypi", "psycopg2-binary", pins.pins()["psycopg2-binary"]) in pins.purls()
