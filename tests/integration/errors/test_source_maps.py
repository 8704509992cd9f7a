"""From a minified TypeScript bundle, uploaded by the real tools, to the line of its source."""

import base64
import json
import random

import pytest

from lambdas.shared.error_tracking.grouping import group
from lambdas.shared.error_tracking.source_maps import load_index, mapped
from lambdas.shared.error_tracking.suspects import suspects
from tests.integration.errors import sentry_cli, shop
from tests.integration.errors.sentry_cli import commit
from tests.releases import BUCKET


@pytest.fixture
def built(repository):
    shop.write(repository)
    shop.build(repository)
    return repository


@pytest.fixture
def map_event(tracker):
    return lambda event: mapped(event, load_index(tracker.s3, BUCKET, "api"))


def frames_of(event):
    return event["exception"]["values"][-1]["stacktrace"]["frames"]


def assert_in_typescript(event):
    """The innermost frames are those of the sources: function, file, line and lines around it."""
    called = [(frame["function"], frame["filename"], frame["lineno"]) for frame in frames_of(event)[-3:]]
    assert called == [
        ("checkOut", "src/server.ts", 16),
        ("Payments.charge", "src/payments.ts", 8),
        ("amountOf", "src/payments.ts", 14),
    ]
    innermost = frames_of(event)[-1]
    assert innermost["context_line"] == "    throw new RangeError(`order without an amount`);"
    assert innermost["pre_context"][-1] == "  if (order.cents === undefined) {"
    assert innermost["in_app"] is True


def test_error_has_its_typescript_line(cli, built, map_event):
    """Debug ids by sentry-cli; the SDK says which file has which."""
    cli("sourcemaps", "inject", "dist")
    assert "File processing complete" in cli("sourcemaps", "upload", "--release", "1.0", "dist")
    event = shop.fail(built)
    assert frames_of(event)[-1]["filename"].endswith("dist/server.js")
    found = map_event(event)
    assert_in_typescript(found)
    assert found["exception"]["values"][-1]["raw_stacktrace"]["frames"] == frames_of(event)


@pytest.mark.parametrize("sdk", ["sentry-node-9", "sentry-node-10"])
def test_older_sdks_are_mapped_too(sdk, repository, releases_front, map_event):
    shop.write(repository, sdk)
    shop.build(repository)
    for command in (["inject"], ["upload"]):
        environment = sentry_cli.environment_of(f"{releases_front.url}/")
        sentry_cli.run(repository, sentry_cli.program("3"), "sourcemaps", *command, "dist", **environment)
    assert_in_typescript(map_event(shop.fail(repository)))


def test_unbundled_files_are_mapped(cli, repository, map_event):
    """Each file of `dist` has a map of its own, as with tsc."""
    shop.write(repository)
    shop.build(repository, bundle=False)
    cli("sourcemaps", "inject", "dist")
    cli("sourcemaps", "upload", "dist")
    event = shop.fail(repository)
    assert len(event["debug_meta"]["images"]) == 2
    assert_in_typescript(map_event(event))


def test_other_build_is_same_issue(cli, built, map_event):
    """Lines moved and names were minified otherwise; what the developer wrote failed at the same place."""
    source = built / "src/payments.ts"
    groups = []
    for addition in ("", "export const others = [Math.random(), Math.random()];\n// A comment\n\n"):
        source.write_text(addition + source.read_text())
        (built / "src/server.ts").write_text((built / "src/server.ts").read_text() + "console.log(Payments.name);\n")
        shop.build(built)
        cli("sourcemaps", "inject", "dist")
        cli("sourcemaps", "upload", "dist")
        event = shop.fail(built)
        groups.append((group(map_event(event)), frames_of(event)[-1]["colno"]))
    (first, column), (second, other_column) = groups
    assert column != other_column
    assert first.hash == second.hash
    assert first.culprit == second.culprit


def test_suspect_is_the_changing_commit(cli, built, repository, map_event, tracker):
    commit(repository, "src/payments.ts", shop.SOURCES["src/payments.ts"], "Charge twice the amount")
    commit(repository, "README.md", "", "Add a readme")
    cli("releases", "set-commits", "1.0", "--local")
    cli("sourcemaps", "inject", "dist")
    cli("sourcemaps", "upload", "--release", "1.0", "dist")
    found = suspects(map_event(shop.fail(built)), tracker.table.release("api", "1.0"))
    assert [each.message for each in found] == ["Charge twice the amount", "Add payments"]


def test_bundlers_plugin_uploads_too(repository, releases_front, tracker, map_event):
    shop.write(repository)
    options = {
        "url": releases_front.url,
        "org": "junkos",
        "project": "api",
        "authToken": "token-of-api-0123456789",
        "telemetry": False,
        "release": {"name": "1.0"},
    }
    shop.build(repository, options)
    assert_in_typescript(map_event(shop.fail(repository)))
    assert tracker.table.release("api", "1.0")


def test_second_upload_sends_no_chunk(cli, built, releases_front):
    cli("sourcemaps", "inject", "dist")
    cli("sourcemaps", "upload", "dist")
    before = sent(releases_front)
    assert before == 1
    assert "all files are on the server" in cli("sourcemaps", "upload", "dist")
    assert sent(releases_front) == before


def test_large_upload_goes_in_chunks(cli, built, releases_front):
    """Each request stays below what a function is given."""
    noise = base64.b64encode(random.Random(1).randbytes(2_500_000)).decode()  # noqa: S311 - it need not be secret
    (built / "src/payments.ts").write_text(f"{shop.SOURCES['src/payments.ts']}// {noise}\n")
    shop.build(built)
    cli("sourcemaps", "inject", "dist")
    cli("sourcemaps", "upload", "dist")
    assert sent(releases_front) > 1
    largest = max(len(event.get("body", "")) for event in releases_front.received)
    assert 2 * 1024**2 < largest < 6_000_000
    assert releases_front.failures == []


def sent(front):
    """How often chunks were sent."""
    asked = [(event["requestContext"]["http"]["method"], event["rawPath"]) for event in front.received]
    return asked.count(("POST", "/api/0/organizations/junkos/chunk-upload/"))


def test_maps_without_debug_ids_are_refused(cli, built):
    assert "sentry-cli sourcemaps inject" in cli("sourcemaps", "upload", "--release", "1.0", "dist", fails=True)


def test_hostile_map_leaves_others_mapped(cli, built, map_event):
    """The refused one is named, with its reason."""
    cli("sourcemaps", "inject", "dist")
    hostile = json.loads((built / "dist/server.js.map").read_text())
    id_of_hostile = "00000000-0000-4000-8000-000000000000"
    hostile |= {"mappings": "A," * 1_000_001 + "A", "debug_id": id_of_hostile, "sourcesContent": [None]}
    (built / "dist/hostile.js.map").write_text(json.dumps(hostile))
    (built / "dist/hostile.js").write_text(f"x()\n//# sourceMappingURL=hostile.js.map\n//# debugId={id_of_hostile}\n")
    written = cli("sourcemaps", "upload", "--no-rewrite", "dist", fails=True)
    assert "hostile.js.map: more than 1000000 mappings" in written
    assert_in_typescript(map_event(shop.fail(built)))


def test_upload_with_foreign_token_fails(cli, built):
    cli("sourcemaps", "inject", "dist")
    written = cli("sourcemaps", "upload", "dist", fails=True, SENTRY_AUTH_TOKEN="token-of-web-0123456789")
    assert "of project 'web' alone" in written
