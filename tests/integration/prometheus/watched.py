"""A Python backend that prometheus_client, unchanged, watches; it counts as many requests as its input has lines."""

import os
import sys

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("http_requests", "Requests", ["route"])
SECONDS = Histogram("http_request_duration_seconds", "How long they took", buckets=(0.1, 0.2, 0.3))

registry = REGISTRY
if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # as behind gunicorn: one answers for all workers
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
server, _ = start_http_server(0, "127.0.0.1", registry=registry)
sys.stdout.write(f'{{"port": {server.server_port}}}\n')
sys.stdout.flush()
for line in sys.stdin:
    REQUESTS.labels("/").inc()
    SECONDS.observe(float(line))
    sys.stdout.write("done\n")
    sys.stdout.flush()
