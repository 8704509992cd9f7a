// A backend in Node with Sentry's SDK, set up as its documentation says: only the DSN names where errors go.
const Sentry = require("@sentry/node");

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  environment: process.env.SENTRY_ENVIRONMENT,
  release: process.env.SENTRY_RELEASE,
});

const express = require("express");
const { receiptOf } = require("./receipts");

const app = express();
app.use(express.json());

app.get("/health", (request, response) => {
  response.json({ status: "ok", release: process.env.SENTRY_RELEASE });
});

app.post("/orders/:number/receipt", (request, response) => {
  response.json(receiptOf(request.params.number));
});

Sentry.setupExpressErrorHandler(app);

app.use((error, request, response, next) => {
  response.status(500).json({ error: "internal" });
});

const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});

// Errors of the last moment are sent before it ends.
process.on("SIGTERM", async () => {
  await Sentry.close(2000);
  process.exit(0);
});
