// An Express application with the SDK that SDK names, set up as Sentry's documentation says; it calls itself.
const Sentry = require(process.env.SDK);

Sentry.init({ dsn: process.env.SENTRY_DSN, release: "api@1.2.3", environment: "test" });

const express = require("express");

const app = express();
app.use(express.json());
app.post("/orders", (request, response) => {
  const password = request.body.password;
  throw new Error(`no payment ${request.body.attempt} with password=${password} and card 4111 1111 1111 1111`);
});
Sentry.setupExpressErrorHandler(app);
app.use((error, request, response, next) => response.status(500).end());

const attempts = Number(process.env.ATTEMPTS || 1);
const server = app.listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}/orders?token=${process.env.SECRET}-query&page=2`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${process.env.SECRET}-bearer`,
        Cookie: `session=${process.env.SECRET}-cookie; theme=dark`,
        "X-Api-Key": `${process.env.SECRET}-api-key`,
        "X-Forwarded-For": "203.0.113.77",
      },
      body: JSON.stringify({
        password: `${process.env.SECRET}-password`,
        attempt,
        email: "jane@shop.example",
        payment: { number: "4111111111111111", cvc: `${process.env.SECRET}-cvc`, holder: { sessionToken: `${process.env.SECRET}-nested` } },
        lines: [{ product: "chair", count: 3 }],
      }),
    });
    await Sentry.flush(5000);
  }
  Sentry.setUser(JSON.parse(process.env.SENDER));
  Sentry.addBreadcrumb({ category: "auth", message: "User authenticated", data: { apiKey: `${process.env.SECRET}-crumb` } });
  Sentry.captureMessage(`login failed with password "${process.env.SECRET}-message"`);
  await Sentry.close(5000);
  server.close(() => process.exit(0));
});
