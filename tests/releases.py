"""The endpoints of sentry-cli without an account: what they depend on, and events as an HTTP API sends them."""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from lambdas.error_releases.call import Dependencies
from lambdas.error_releases.respond import respond
from lambdas.error_releases.settings import ProjectToken
from lambdas.shared.clock import Deadline
from lambdas.shared.stored_values import StoredValues

BUCKET = "errors"
ORGANIZATION = "junkos"
TOKENS = {"api": "token-of-api-0123456789", "web": "token-of-web-0123456789"}
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)


class InMemoryReleases:
    """What `ErrorTable` has of releases."""

    def __init__(self):
        self._kept = {}

    def release(self, project, version):
        return self._kept.get((project, version))

    def releases(self, project, limit=100):
        found = [release for release in self._kept.values() if release.project == project]
        return sorted(found, key=lambda release: release.created_at, reverse=True)[:limit]

    def put_release(self, release):
        self._kept[release.project, release.version] = release

    def add_deployment(self, project, version, deployment):
        release = self._kept[project, version]
        self.put_release(replace(release, deployments=(*release.deployments, deployment)))


class Clock:
    """A minute later each time that it is read."""

    def __init__(self):
        self.at = AT

    def __call__(self):
        self.at += timedelta(minutes=1)
        return self.at


@dataclass
class Tracker:
    """The function `error_releases`."""

    s3: object = None
    table: InMemoryReleases = field(default_factory=InMemoryReleases)
    clock: Clock = field(default_factory=Clock)
    tokens: dict = field(default_factory=lambda: dict(TOKENS))
    seconds: float = 30

    def __call__(self, event):
        to = Dependencies(self.table, self.s3, BUCKET, ORGANIZATION, self.clock)
        values = StoredValues({"secret": self.tokens.__getitem__})
        tokens = [ProjectToken(project, "secret", project) for project in TOKENS]
        return respond(event, to, tokens, values, Deadline.within(self.seconds))

    def answer(self, method, path, document=None, *, project="api", headers=None, body=None):
        """The status and the document that the owner of `project`'s token is answered."""
        given = {"Authorization": f"Bearer {TOKENS[project]}"} if headers is None else headers
        sent = body if body is not None else b"" if document is None else json.dumps(document).encode()
        answered = self(http_event(method, f"/api/0/{path}", given, sent))
        return answered["statusCode"], json.loads(answered["body"])


def http_event(method, path, headers, body=b"", query=""):
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {"http": {"method": method, "path": path}, "domainName": "errors.example.com"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
