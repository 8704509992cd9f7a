"""Which endpoint answers what; sentry-cli 2 asks for a project's releases, 3 for the organization's."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_releases import assemble, chunks, deploys, releases
from lambdas.error_releases.call import Call, Endpoint
from lambdas.error_releases.http import RefusedError, answer

_SCOPES: Final = ("project:releases", "project:read", "org:ci")


def _info(_call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    return answer({"version": "0", "auth": {"scopes": _SCOPES}, "user": None})


def _repositories(_call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    """There are none: sentry-cli then reads the commits from the local git."""
    return answer([])


def _projects(call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    return answer([{"id": call.project, "slug": call.project, "name": call.project, "team": None, "teams": []}])


def _of_releases(base: str) -> dict[tuple[str, str], Endpoint]:
    one = f"{base}/releases/{{version}}"
    return {
        ("GET", f"{base}/releases"): releases.list_all,
        ("POST", f"{base}/releases"): releases.create,
        ("GET", one): releases.show,
        ("PUT", one): releases.change,
        ("GET", f"{one}/previous-with-commits"): releases.previous_with_commits,
        ("GET", f"{one}/deploys"): deploys.list_all,
        ("POST", f"{one}/deploys"): deploys.create,
    }


_ORGANIZATION = "organizations/{organization}"
ROUTES: Final[Mapping[tuple[str, str], Endpoint]] = {
    ("GET", ""): _info,
    **_of_releases(_ORGANIZATION),
    **_of_releases("projects/{organization}/{project}"),
    ("GET", f"{_ORGANIZATION}/repos"): _repositories,
    ("GET", f"{_ORGANIZATION}/projects"): _projects,
    ("GET", f"{_ORGANIZATION}/chunk-upload"): chunks.options,
    ("POST", f"{_ORGANIZATION}/chunk-upload"): chunks.upload,
    ("POST", f"{_ORGANIZATION}/artifactbundle/assemble"): assemble.assemble,
}


def endpoint_of(method: str, path: tuple[str, ...]) -> tuple[Endpoint, dict[str, str]]:
    """Raises RefusedError."""
    found = {of: (endpoint, named) for of, endpoint, named in _matching(path)}
    if method in found:
        return found[method]
    if found:
        raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not offered here ({', '.join(found)} are)")
    raise RefusedError(HTTPStatus.NOT_FOUND, "the error tracker has no such endpoint")


def _matching(path: tuple[str, ...]) -> Iterator[tuple[str, Endpoint, dict[str, str]]]:
    for (method, pattern), endpoint in ROUTES.items():
        parts = pattern.split("/") if pattern else []
        pairs = list(zip(parts, path, strict=False))
        if len(parts) == len(path) and all(part.startswith("{") or part == given for part, given in pairs):
            yield method, endpoint, {part[1:-1]: given for part, given in pairs if part.startswith("{")}
