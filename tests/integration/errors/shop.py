"""A small TypeScript backend, bundled and minified by esbuild, that fails in a real way."""

import json

from tests.integration.errors import sentry_cli

SOURCES = {
    "src/payments.ts": """\
export interface Order { id: number; cents?: number }

export class Payments {
  private readonly rate = 2;

  charge(order: Order): number {
    // An order without an amount is the fault.
    return this.rate * amountOf(order);
  }
}

function amountOf(order: Order): number {
  if (order.cents === undefined) {
    throw new RangeError(`order without an amount`);
  }
  return order.cents;
}
""",
    "src/server.ts": """\
import * as Sentry from "@sentry/node";
import { writeFileSync } from "node:fs";
import { Payments } from "./payments";

Sentry.init({
  dsn: "http://key@127.0.0.1:9/1",
  release: "1.0",
  beforeSend(event) {
    writeFileSync("event.json", JSON.stringify(event));
    process.exit(); // version 9 would wait for ever
  },
});

const checkOut = (payments: Payments, orders: { id: number }[]) => {
  for (const order of orders) {
    payments.charge(order);
  }
};

try {
  checkOut(new Payments(), [{ id: 7 }]);
} catch (error) {
  Sentry.captureException(error);
}
""",
}
OPTIONS = {
    "entryPoints": ["src/server.ts"],
    "bundle": True,
    "minify": True,
    "sourcemap": True,
    "platform": "node",
    "outfile": "dist/server.js",
    "external": ["@sentry/node", "sentry-node-9", "sentry-node-10"],
}
UNBUNDLED = {
    "entryPoints": list(SOURCES),
    "sourcemap": True,
    "platform": "node",
    "format": "cjs",
    "outdir": "dist",
}
_BUILD = """\
const esbuild = require("esbuild");
const options = %s;
const plugin = %s;
if (plugin) {
  const { sentryEsbuildPlugin } = require("@sentry/esbuild-plugin");
  options.plugins = [sentryEsbuildPlugin(plugin)];
}
esbuild.build(options).catch(() => process.exit(1));
"""


def write(folder, sdk="@sentry/node"):
    for path, text in SOURCES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.replace("@sentry/node", sdk))


def build(folder, plugin=None, *, bundle=True, **environment):
    """Into `dist`, as one file or each file for itself; `plugin` are the options of Sentry's."""
    options = OPTIONS if bundle else UNBUNDLED
    (folder / "build.cjs").write_text(_BUILD % (json.dumps(options), json.dumps(plugin)))
    return sentry_cli.run(folder, "node", "build.cjs", **sentry_cli.environment_of(**environment))


def fail(folder):
    """The event that the SDK would send of the error."""
    sentry_cli.run(folder, "node", "dist/server.js", **sentry_cli.environment_of())
    return json.loads((folder / "event.json").read_text())
