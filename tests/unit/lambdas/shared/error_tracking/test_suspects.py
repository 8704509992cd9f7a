from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.shared.error_tracking.suspects import suspects
from lambdas.vocabulary.error_tracking import Commit, Release

AT = datetime(2026, 11, 27, tzinfo=UTC)
RELEASE = Release("api", "1.0", AT)


def event(*paths, **others):
    frames = [{"filename": path, "in_app": True, **others} for path in paths]
    return {"exception": {"values": [{"stacktrace": {"frames": frames}}]}}


def named(frames, *commits):
    return [commit.id for commit in suspects(event(*frames), replace(RELEASE, commits=commits))]


def commit(of, *paths, hours=0):
    return Commit(of, at=AT + timedelta(hours=hours), paths=paths)


@pytest.mark.parametrize(
    ("frame", "path"),
    [
        ("src/payments.ts", "src/payments.ts"),
        ("/app/src/payments.ts", "src/payments.ts"),
        ("file:///app/src/payments.ts", "src/payments.ts"),
        ("app:///src/payments.ts", "src/payments.ts"),
        ("src/payments.ts", "packages/api/src/payments.ts"),
        ("C:\\app\\src\\payments.ts", "src/payments.ts"),
        ("server.js", "server.js"),
    ],
)
def test_changed_file_makes_a_suspect(frame, path):
    assert named([frame], commit("a", path)) == ["a"]


@pytest.mark.parametrize(
    ("frame", "path"),
    [
        ("src/payments.ts", "src/orders.ts"),
        ("src/payments.ts", "src/old_payments.ts"),
        ("src/index.ts", "index.ts"),
        ("index.ts", "packages/web/index.ts"),
        ("src/a/index.ts", "src/b/index.ts"),
        ("node_modules/pg/index.js", "node_modules/pg/index.js"),
        ("", ""),
    ],
)
def test_other_files_make_none(frame, path):
    assert named([frame], commit("a", path)) == []


def test_three_newest_come_first():
    commits = [commit(str(hours), "src/a.ts", hours=hours) for hours in (1, 4, 2, 3)]
    assert named(["src/a.ts"], *commits, Commit("undated", paths=("src/a.ts",))) == ["4", "3", "2"]


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"exception": None},
        {"exception": {"values": [None, {"stacktrace": []}, {"stacktrace": {"frames": [None, {"filename": 1}]}}]}},
    ],
)
def test_malformed_event_has_no_suspects(hostile):
    assert suspects(hostile, replace(RELEASE, commits=(commit("a", "src/a.ts"),))) == ()
