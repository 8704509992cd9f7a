// A backend that prom-client, unchanged, watches: /work?seconds=0.3&route=/a counts one request, /metrics tells.
const http = require("node:http");
const prometheus = require("prom-client");

prometheus.collectDefaultMetrics();
const requests = new prometheus.Counter({ name: "http_requests_total", help: "Requests", labelNames: ["route"] });
const seconds = new prometheus.Histogram({
  name: "http_request_duration_seconds",
  help: "How long they took",
  buckets: Array.from({ length: Number(process.env.BUCKETS || 3) }, (_, number) => (number + 1) / 10),
});
new prometheus.Gauge({ name: "pg_pool_waiting", help: "Waiting for a connection" }).set(2);
const open = new prometheus.Registry();
open.setContentType(prometheus.Registry.OPENMETRICS_CONTENT_TYPE);
open.registerMetric(requests);
prometheus.collectDefaultMetrics({ register: open });

http
  .createServer(async (request, response) => {
    const url = new URL(request.url, "http://shop");
    if (url.pathname === "/work") {
      requests.inc({ route: url.searchParams.get("route") || "/" });
      seconds.observe(Number(url.searchParams.get("seconds")));
      return response.end();
    }
    const registry = url.pathname === "/openmetrics" ? open : prometheus.register;
    response.setHeader("Content-Type", registry.contentType);
    response.end(await registry.metrics());
  })
  .listen(0, "127.0.0.1", function () {
    console.log(JSON.stringify({ port: this.address().port }));
  });
