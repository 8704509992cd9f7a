"""Which events are of one kind; the names of the pairs are reports of others whose tracker did it wrongly."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.shared.error_tracking.frames import in_app, relative
from lambdas.shared.error_tracking.grouping import LONGEST_TITLE, group
from lambdas.shared.error_tracking.normalise import LONGEST, LONGEST_READ, normalised
from tests.unit.lambdas.error_digest.situation import event, exception, frame

NO_FRAMES = []
LIBRARY = [frame("/app/src/db.js", "query"), frame("/app/node_modules/pg-protocol/dist/parser.js", "parseError")]
DUPLICATE = 'duplicate key value violates unique constraint "orders_pkey"'


def linked(kind, value, identifier, parent=None, **mechanism):
    """As the SDK numbers exceptions that belong together."""
    given = {"exception_id": identifier, **({} if parent is None else {"parent_id": parent}), **mechanism}
    return exception(kind, value, [frame(function=f"of{kind}")], mechanism=given)


def aggregate(*kinds, message="All promises were rejected"):
    children = [
        linked(kind, f"{kind} said no", number, 0, source=f"errors[{number}]") for number, kind in enumerate(kinds, 1)
    ]
    return event(*children[::-1], linked("AggregateError", message, 0, is_exception_group=True))


def message_of_sdk_11(text):
    """`captureMessage` of @sentry/node 11."""
    return event({"type": None, "value": text, "mechanism": {"synthetic": True}, "stacktrace": {"frames": [frame()]}})


SAME = {
    "bugsink#237 a number": (
        event(exception(value="order 17 was not found", frames=NO_FRAMES)),
        event(exception(value="order 4711 was not found", frames=NO_FRAMES)),
    ),
    "rustrak#306 an id behind the cut": (
        event(exception(value=f"{'word ' * 199}ab 6ba7b810-9dad-11d1-80b4-00c04fd430c8", frames=NO_FRAMES)),
        event(exception(value=f"{'word ' * 199}ab 8ba7b810-9dad-11d1-80b4-00c04fd430c9", frames=NO_FRAMES)),
    ),
    "sentry#14247 hashed bundles": (
        event(exception(frames=[frame("https://shop.example/static/js/main.3f2a1b9c.js", "render")])),
        event(exception(frames=[frame("https://shop.example/static/js/main.77aa01ff.js", "render")])),
    ),
    "sentry#14247 chunks of esbuild": (
        event(exception(frames=[frame("/var/task/chunk-5RFWZ5CE.js", "quote")])),
        event(exception(frames=[frame("/var/task/chunk-QK2LIUZG.js", "quote")])),
    ),
    "sentry#14247 chunks of vite": (
        event(exception(frames=[frame("file:///app/dist/index-BZ7xQ1aK.mjs", "quote")])),
        event(exception(frames=[frame("file:///app/dist/index-Dk3_9sQp.mjs", "quote")])),
    ),
    "sentry-javascript#23176 in_app inverted": (
        event(exception(frames=[frame(in_app=True), frame("node:internal/timers", "listOnTimeout", in_app=False)])),
        event(exception(frames=[frame(in_app=False), frame("node:internal/process", "tick", in_app=True)])),
    ),
    "frames of the SDK's majors": (
        event(exception(frames=[frame("/app/node_modules/@sentry/core/build/cjs/x.js", "handle"), frame()])),
        event(exception(frames=[frame("/app/node_modules/@sentry/node/build/esm/y.js", "wrapped"), frame()])),
    ),
    "another line": (event(exception(frames=[frame(lineno=12)])), event(exception(frames=[frame(lineno=99)]))),
    "another machine": (
        event(exception(frames=[frame("/app/src/orders.js")])),
        event(exception(frames=[frame("/home/ann/shop/src/orders.js")])),
    ),
    "windows": (
        event(exception(frames=[frame("C:\\app\\src\\orders.js")])),
        event(exception(frames=[frame("/app/src/orders.js")])),
    ),
    "a message beside own frames": (event(exception(value="a is undefined")), event(exception(value="b is undefined"))),
    "recursion": (
        event(exception(frames=[frame(function="walk")] * 3)),
        event(exception(frames=[frame(function="walk")] * 40)),
    ),
    "order of an aggregate's children": (aggregate("TypeError", "RangeError"), aggregate("RangeError", "TypeError")),
    "fingerprint": (event(exception("A"), fingerprint=["checkout"]), event(exception("B"), fingerprint=["checkout"])),
    "default fingerprint": (event(), event(fingerprint=["{{ default }}"])),
    "messages of the SDK's majors": (
        event(exception=None, message="cache of 3 lost"),
        event(exception=None, logentry={"formatted": "cache of 9 lost"}),
    ),
    "a template": (
        event(exception=None, logentry={"message": "%s left", "formatted": "Ann left"}),
        event(exception=None, logentry={"message": "%s left", "formatted": "Bob left"}),
    ),
    "line numbers of a message of the SDK 11": (
        message_of_sdk_11("queue has 17 jobs"),
        message_of_sdk_11("queue has 3 jobs"),
    ),
}
DIFFERENT = {
    "sentry#71630 statuses in the response": (
        event(contexts={"response": {"status_code": 400}}),
        event(contexts={"response": {"status_code": 409}}),
    ),
    "sentry#71630 statuses in the message": (
        event(exception("AxiosError", "Request failed with status code 409")),
        event(exception("AxiosError", "Request failed with status code 504")),
    ),
    "taskcluster#3894 SQLSTATE": (
        event(exception("error", "it failed", LIBRARY), contexts={"error": {"code": "23505"}}),
        event(exception("error", "it failed", LIBRARY), contexts={"error": {"code": "40001"}}),
    ),
    "taskcluster#3894 messages alone": (
        event(exception("error", DUPLICATE, LIBRARY)),
        event(exception("error", 'relation "orders" does not exist', LIBRARY)),
    ),
    "a client library's error of any type": (
        event(exception("Failure", "connection lost", LIBRARY)),
        event(exception("Failure", "too many clients", LIBRARY)),
    ),
    "errno": (
        event(exception("Error", "connect ECONNREFUSED 10.0.0.1:5432")),
        event(exception("Error", "connect ETIMEDOUT 10.0.0.1:5432")),
    ),
    "sentry-javascript#890 rejected strings": (
        event(exception("UnhandledRejection", "payment was declined", NO_FRAMES)),
        event(exception("UnhandledRejection", "the mail server is gone", NO_FRAMES)),
    ),
    "sentry-javascript#890 thrown strings with the client's frames": (
        event(exception("Error", "payment was declined", mechanism={"synthetic": True})),
        event(exception("Error", "the mail server is gone", mechanism={"synthetic": True})),
    ),
    "messages of the SDK 11": (message_of_sdk_11("cache is cold"), message_of_sdk_11("queue is long")),
    "sentry-javascript#9975 children": (aggregate("TypeError", "RangeError"), aggregate("TypeError", "SyntaxError")),
    "another function": (
        event(exception(frames=[frame(function="createOrder")])),
        event(exception(frames=[frame(function="cancelOrder")])),
    ),
    "another package of the repository": (
        event(exception(frames=[frame("/app/packages/a/index.js")])),
        event(exception(frames=[frame("/app/packages/b/index.js")])),
    ),
    "another type": (event(exception("TypeError")), event(exception("RangeError"))),
    "default and more": (event(fingerprint=["{{ default }}"]), event(fingerprint=["{{default}}", "berlin"])),
    "default of two kinds": (
        event(exception("A"), fingerprint=["{{ default }}", "x"]),
        event(exception("B"), fingerprint=["{{ default }}", "x"]),
    ),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_same_kind(pair):
    assert group(pair[0]).hash == group(pair[1]).hash


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_different_kind(pair):
    assert group(pair[0]).hash != group(pair[1]).hash


def test_cause_is_not_the_title():
    """sentry#59679: the outermost exception stands last, or is the one that is nobody's child."""
    cause, outer = exception("Error", "connection refused"), exception("OrderFailed", "order 7 failed")
    assert group(event(cause, outer)).title == "OrderFailed: order 7 failed"
    numbered = linked("OrderFailed", "order 7 failed", 0), linked("Error", "refused", 1, 0, source="cause")
    assert group(event(*numbered)).title == "OrderFailed: order 7 failed"


def test_cause_is_no_part_of_group():
    outer = linked("OrderFailed", "it failed", 0, is_exception_group=True)
    causes = [linked(kind, "refused", 1, 0, source="cause") for kind in ("Error", "TypeError")]
    assert group(event(causes[0], outer)).hash == group(event(causes[1], outer)).hash


def test_message_of_aggregate_is_title():
    """sentry-javascript#9975: its own message, or those of its children where it has none."""
    assert group(aggregate("TypeError")).title == "AggregateError: All promises were rejected"
    assert group(aggregate("TypeError", message="")).title == "AggregateError: TypeError said no"


def test_title_of_message_without_type():
    assert group(message_of_sdk_11("cache is cold")).title == "cache is cold"


def test_title_is_one_short_line():
    title = group(event(exception("E", f"first {'x' * 500}\nsecond"))).title
    assert title.startswith("E: first x")
    assert len(title) == LONGEST_TITLE
    assert "second" not in title


def test_culprit_is_innermost_own_frame():
    frames = [frame(function="outer"), frame("/app/src/db.js", "Object.query [as run]"), LIBRARY[1]]
    assert group(event(exception(frames=frames))).culprit == "query (src/db.js)"
    assert group(event(exception(frames=NO_FRAMES), transaction="POST /orders")).culprit == "POST /orders"


def test_version_goes_with_hash():
    found = group(event())
    assert (found.version, len(found.hash)) == (1, 32)


def test_hashes_of_version_stay():
    """Whoever changes the grouping makes a new version, or every issue begins anew."""
    known = event(exception("TypeError", "x"), event_id="0" * 32)
    assert group(known).hash == "c03a5a816e2339abc7faa55a9bd1f45d"
    assert group(event(exception=None, message="cache of 3 lost")).hash == "75128ded9eb65303553ffc44906c92c9"


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/app/src/orders.js", True),
        ("app:///src/orders.ts", True),
        ("webpack:///./src/orders.ts", True),
        ("lambdas/error_digest/handler.py", True),
        ("/app/node_modules/express/lib/router.js", False),
        ("/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js", False),
        ("webpack:///./node_modules/react/index.js", False),
        ("C:\\app\\node_modules\\pg\\client.js", False),
        ("node:internal/process/task_queues", False),
        ("internal/modules/cjs/loader.js", False),
        ("events.js", False),
        ("@sentry/node/build/index.js", False),
        ("/usr/local/lib/python3.11/asyncio/base_events.py", False),
        ("/venv/lib/python3.11/site-packages/flask/app.py", False),
        ("/var/runtime/bootstrap.py", False),
        ("/opt/python/aws_lambda_powertools/logging/logger.py", False),
        ("<anonymous>", False),
        ("[native code]", False),
        ("", False),
    ],
)
def test_own_code_is_known_by_path(path, own):
    assert in_app({"filename": path, "in_app": not own}) is own


def test_absolute_path_of_package_counts():
    """Python's client gives the path below site-packages as the file's name."""
    assert not in_app({"filename": "requests/api.py", "abs_path": "/venv/lib/site-packages/requests/api.py"})


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("/app/src/user-facade.js", "src/user-facade.js"),
        ("/var/task/lambdas/notify/handler.py", "lambdas/notify/handler.py"),
        ("/srv/shop/releases/20261124091500/src/a.js", "src/a.js"),
        ("/app/dist/main.3f2a1b9c.chunk.js", "dist/main.chunk.js"),
        ("https://shop.example/_next/static/chunks/817-4f0e1a2b3c4d5e6f.js?v=3", "_next/static/chunks/817.js"),
        ("/app/dist/4f0e1a2b3c4d5e6f.js", "dist/*.js"),
        ("/app/src/2fa.js", "src/2fa.js"),
        ("src/a.ts", "src/a.ts"),
    ],
)
def test_path_stays_from_build_to_build(path, stays):
    assert relative(path)[0] == stays


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("order 17 of 3.5 EUR", "order <n> of <n> EUR"),
        ("took 120ms, 5s, 10%", "took <n>ms, <n>s, <n>%"),
        ("user ann.lee+x@mail.example.com", "user <email>"),
        ("id 6ba7b810-9dad-11d1-80b4-00c04fd430c8", "id <uuid>"),
        ("at 0x7ffee4c0", "at <n>"),
        ("commit 3f2a1b9cdd", "commit <n>"),
        ("connect 10.0.0.1:5432", "connect <address>"),
        ("from fe80::1ff:fe23:4567:890a", "from <address>"),
        ("""no "Ann Lee" and 'Bob' or `x`""", "no <quoted> and <quoted> or <quoted>"),
        ("can't and won't", "can't and won't"),
        ("GET https://api.example/v1/orders/7?x=1", "GET <url>"),
        ("since 2026-11-24T09:20:10.123Z", "since <time>"),
        ("job ord_9f8a7b61", "job <n>"),
        ("key AKIAIOSFODNN7EXAMPLE1", "key <n>"),
        ("utf8 in sha256 over http2", "utf8 in sha256 over http2"),
        ("EC2 and S3", "EC2 and S3"),
        ("a\n   b", "a b"),
        ("decade facade", "decade facade"),
    ],
)
def test_message_without_what_differs(message, text):
    assert normalised(message) == text


def test_message_is_cut_at_the_end():
    assert len(normalised("word " * 10_000)) <= LONGEST


@pytest.mark.parametrize("letter", ["a", "1", '"', "'", "@", ".", ":", "-", "a1", "_1", "a.", "0x", "::", "a@"])
def test_long_message_takes_little_time(letter):
    """No message makes the expressions backtrack."""
    normalised.cache_clear()
    before = time.process_time()
    normalised((letter * LONGEST_READ)[:LONGEST_READ])
    assert time.process_time() - before < 1


@pytest.mark.parametrize("letter", ["a", "a1", "-", "A2", "/a", "../", "_", "node_modules", "~1"])
def test_long_path_takes_little_time(letter):
    before = time.process_time()
    group(event(exception(frames=[frame(letter * 20_000, letter * 20_000)] * 300)))
    assert time.process_time() - before < 1


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_words = st.sampled_from(
    [
        *("exception", "values", "type", "value", "stacktrace", "frames", "filename", "function", "mechanism"),
        *("parent_id", "tags", "extra", "contexts", "message", "logentry", "fingerprint", "transaction", "response"),
        *("status_code", "meta", "errno", "code"),
    ]
)
_hostile = st.recursive(
    _json, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words, inner, max_size=6), max_leaves=30
)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(_words, _hostile, max_size=8))
@pytest.mark.slow
def test_whatever_comes_has_a_group(written):
    found = group(written)
    assert len(found.hash) == 32
    found.title.encode()
    found.culprit.encode()


@settings(deadline=None)
@given(st.text(max_size=150), st.integers(0, 10**12), st.integers(0, 10**12))
def test_number_alone_makes_no_kind(text, one, other):
    """Whatever stands around it."""
    assert normalised(f"{text} {one} {text}") == normalised(f"{text} {other} {text}")


def test_half_letters_make_no_fault():
    """JSON can hold half a letter, which no key of the table can."""
    found = group(event(exception("E\ud800", "\udfff"), fingerprint=["\ud800"]))
    found.title.encode()
