"""The commits of a release, as sentry-cli reads them from the local git."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_releases import fields
from lambdas.error_releases.http import RefusedError
from lambdas.vocabulary.error_tracking import Commit

MOST: Final = 5000
"""Commits in one request."""
MOST_PATHS: Final = 500
"""Paths of one commit that are kept: one that changes more is a move or a format, and nobody's suspect."""
LONGEST_MESSAGE: Final = 200
LONGEST: Final = 400
LARGEST: Final = 150_000
"""Characters of all commits of a release: it is one record of the table, which may hold 400 KB."""


def commits_of(document: Mapping[str, Any]) -> tuple[Commit, ...]:
    """The newest first, as many as fit; raises RefusedError."""
    return _fitting(_commit(written) for written in fields.objects(document, "commits", MOST))


def _commit(written: Mapping[str, Any]) -> Commit:
    message = written.get("message")
    if message is not None and not isinstance(message, str):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "message: no text")
    first_line = (message or "").strip().partition("\n")[0]
    return Commit(
        id=fields.text(written, "id", 64, needed=True),
        message=fields.printable(first_line[:LONGEST_MESSAGE]),
        author=fields.text(written, "author_name", LONGEST),
        at=fields.moment(written, "timestamp"),
        paths=_paths(written),
    )


def _paths(written: Mapping[str, Any]) -> tuple[str, ...]:
    if written.get("patch_set") is None:
        return ()
    patches = fields.objects(written, "patch_set", 100_000)
    if len(patches) > MOST_PATHS:
        return ()
    return tuple(fields.text(patch, "path", 4096, needed=True)[:LONGEST] for patch in patches)


def _fitting(commits: Iterable[Commit]) -> tuple[Commit, ...]:
    fitting, size = [], 0
    for commit in commits:
        size += len(commit.to_json())
        if size > LARGEST:
            break
        fitting.append(commit)
    return tuple(fitting)
