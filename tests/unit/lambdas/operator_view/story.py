"""Issues, releases and an event of a real backend, and a table that holds them in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambdas.operator_view.sources import ErrorSources, Sources
from lambdas.vocabulary.error_tracking import (
    Commit,
    Deployment,
    Issue,
    Muted,
    Release,
    Resolution,
    Resolved,
    Sample,
    Source,
    State,
)

NOW = datetime(2026, 11, 27, 9, 11, tzinfo=UTC)
OLD, NEW, NEXT = "shop-api@1.4.1", "shop-api@1.4.2", "shop-api@1.5.0"


def ago(**time):
    return NOW - timedelta(**time)


def issue(number=1, **fields):
    given = {
        "project": "api",
        "id": f"{number:016x}",
        "title": "TypeError: Cannot read properties of undefined (reading 'total')",
        "culprit": "chargeOrder in src/orders/charge.ts",
        "level": "error",
        "source": Source.SDK,
        "state": State.OPEN,
        "first_seen": ago(hours=5),
        "last_seen": ago(minutes=2),
        "count": 1834,
        "users": 211,
        "first_release": NEW,
        "last_release": NEW,
        "revision": 3,
        "samples": tuple(
            Sample("samples/api/2026-11-27/a.ndjson.gz", line, f"{line:032x}", ago(minutes=40 - line), NEW)
            for line in range(12)
        ),
    }
    return Issue(**(given | fields))


def commit(number, message, **fields):
    return Commit(f"{number:040x}", message, "Mira Aalto", ago(hours=6), **fields)


CULPRITS = (
    commit(
        0xA41F93C2D70B6E51D38C94F2BB01AA7719C3E5D2,
        "Charge by the order's currency\n\nSee the contract.",
        paths=("src/orders/charge.ts",),
    ),
)


def issues():
    return [
        issue(1, suspects=CULPRITS),
        issue(
            2,
            title='error: duplicate key value violates unique constraint "orders_pkey"',
            culprit="insertOrder in src/orders/store.ts",
            state=State.REGRESSED,
            regressed_in=NEW,
            first_seen=ago(days=40),
            last_seen=ago(minutes=9),
            first_release="shop-api@1.2.0",
            count=412,
            users=95,
            level="fatal",
        ),
        issue(
            3,
            title="TimeoutError: Query read timeout",
            culprit="listInvoices in src/invoices/list.ts",
            last_seen=ago(minutes=31),
            first_seen=ago(days=3),
            first_release=OLD,
            count=64,
            users=12,
            source=Source.API_LOG,
        ),
        issue(
            4,
            title="Error: Request failed with status code 502",
            culprit="fetchRates in src/shipping/rates.ts",
            state=State.MUTED,
            muted=Muted(ago(hours=3), until=NOW + timedelta(hours=21), by="anna"),
            level="warning",
            last_seen=ago(hours=1),
            first_seen=ago(days=12),
            first_release=OLD,
            count=12874,
            users=0,
            source=Source.API_LOG,
        ),
        issue(
            5,
            title="RangeError: Invalid time value",
            culprit="formatDelivery in src/mail/templates/delivery-confirmation.ts",
            state=State.RESOLVED,
            resolved=Resolved(Resolution.IN_NEXT_RELEASE, ago(days=1), release=OLD, by="jon"),
            last_seen=ago(days=1, hours=2),
            first_seen=ago(days=9),
            first_release="shop-api@1.3.7",
            last_release=OLD,
            count=31,
            users=29,
        ),
        issue(
            6,
            title="Task timed out after 30.00 seconds",
            culprit="database_check",
            source=Source.OWN_LOG,
            project="monitoring",
            first_release="",
            last_release="",
            count=2,
            users=0,
            last_seen=ago(hours=7),
            first_seen=ago(hours=8),
            samples=(),
        ),
    ]


def releases():
    return [
        Release("api", NEW, ago(hours=6), commits=CULPRITS, deployments=(Deployment("prod", ago(hours=5)),)),
        Release("api", OLD, ago(days=6), deployments=(Deployment("prod", ago(days=6)),)),
        Release("api", "shop-api@1.3.7", ago(days=20)),
    ]


HOURS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 41, 320, 512, 470, 491]


class Errors:
    """What a view reads of the table, in memory."""

    def __init__(self, found=None):
        self.found = issues() if found is None else found
        self.queries = 0

    def issue(self, project, id):  # noqa: A002
        self.queries += 1
        return next((each for each in self.found if (each.project, each.id) == (project, id)), None)

    def get(self, key):
        """No issue was merged."""

    def issues(self, project, states=State, limit=100):
        states = set(states)
        self.queries += len(states)
        found = [each for each in self.found if each.project == project and each.state in states]
        return sorted(found, key=lambda each: each.last_seen, reverse=True)[:limit]

    def hours(self, issue, hours=24, now=None):
        self.queries += 1
        turn = int(issue.id, 16) * 5 % 24
        return [*HOURS[turn:], *HOURS[:turn]] if turn else HOURS

    def releases_of(self, issue):
        return {NEW: 1790, OLD: 40, "shop-api@1.3.7": 4} if issue.first_release else {}

    def releases(self, project, limit=100):
        return releases()[:limit] if project == "api" else []


def frame(function, file, line, source=None, **fields):
    before, hit, after = source or ([], None, [])
    context = {"pre_context": before, "context_line": hit, "post_context": after} if hit else {}
    return {"function": function, "filename": file, "lineno": line, "colno": 17, "in_app": True, **context, **fields}


CHARGE = (
    ["export async function chargeOrder(order: Order, card: Card) {", "  const cart = await loadCart(order.cartId);"],
    "  const amount = cart.sum.total * rate(order.currency);",
    ["  if (amount <= 0) {", "    throw new EmptyOrderError(order.id);", "  }"],
)
ROUTE = (
    [
        'router.post("/orders/:id/charge", async (request, response) => {',
        "  const order = await findOrder(request.params.id);",
    ],
    "  const receipt = await chargeOrder(order, request.body.card);",
    ["  response.json(receipt);", "});"],
)


def event():
    """The newest frame last, as SDKs send it."""
    library = {"in_app": False}
    frames = [
        frame("Layer.handle", "node_modules/express/lib/router/layer.js", 95, **library),
        frame("next", "node_modules/express/lib/router/route.js", 144, **library),
        frame("<anonymous>", "src/orders/routes.ts", 48, ROUTE),
        frame("process.processTicksAndRejections", "node:internal/process/task_queues", 105, **library),
        frame("chargeOrder", "src/orders/charge.ts", 27, CHARGE),
    ]
    raw = [frame("i", "dist/index.min.js", 1), frame("t", "dist/index.min.js", 1)]
    thrown = {
        "type": "TypeError",
        "value": "Cannot read properties of undefined (reading 'total')",
        "mechanism": {"type": "middleware", "handled": False},
        "stacktrace": {"frames": frames},
        "raw_stacktrace": {"frames": raw},
    }
    cause = {
        "type": "CartError",
        "value": "cart 9f12 has no sum: 2 of 3 positions are without a price",
        "stacktrace": {"frames": [frame("loadCart", "src/carts/load.ts", 12)]},
    }
    return {
        "event_id": "f" * 32,
        "timestamp": ago(minutes=2).isoformat(),
        "level": "error",
        "release": NEW,
        "environment": "prod",
        "transaction": "POST /orders/:id/charge",
        "server_name": "ip-10-0-3-17",
        "exception": {"values": [cause, thrown]},
        "tags": {"region": "eu-central-1", "payment.provider": "stripe", "tenant": "acme"},
        "user": {"id": "5b1cfe0c9a (hashed)"},
        "contexts": {"runtime": {"name": "node", "version": "v22.11.0"}, "os": {"name": "Linux", "version": "6.1"}},
        "request": {
            "method": "POST",
            "url": "https://api.shop.example/orders/8812/charge",
            "data": '{"card":"[masked]","currency":"EUR"}',
            "headers": {"content-type": "application/json", "authorization": "[masked]", "user-agent": "ShopApp/7.2"},
        },
        "breadcrumbs": [
            {
                "timestamp": "2026-11-27T09:08:58.102Z",
                "category": "http",
                "message": "GET /carts/9f12",
                "data": {"status_code": 200, "duration_ms": 31},
            },
            {
                "timestamp": "2026-11-27T09:08:58.140Z",
                "category": "query",
                "message": "SELECT * FROM positions WHERE cart = $1",
            },
            {
                "timestamp": "2026-11-27T09:08:58.144Z",
                "category": "console",
                "level": "error",
                "message": "price missing for sku 77-1204",
            },
        ],
        "extra": {"attempt": 2, "queue": {"name": "charges", "depth": 14}},
    }


def sources(errors=None, found=None, projects=("api", "monitoring")):
    event_found = event() if found is None else found
    found_errors = ErrorSources(errors or Errors(), lambda sample: event_found, projects, clock=lambda: NOW)
    return Sources(found_errors, clock=lambda: NOW)


def renamed(one, **fields):
    return replace(one, **fields)
