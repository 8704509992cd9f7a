"""The one table of prices: list price, unit, and what AWS gives every account for nothing, for ever.

Prices are those of us-east-1 in US dollars; other regions differ by some per cent.  AWS publishes them on
https://aws.amazon.com/<service>/pricing/.  The always-free tier is shared by everything in the account, so a bill may
lie between the two totals.
"""

from dataclasses import dataclass
from enum import Enum

AS_OF = "2026-11"
REGION = "us-east-1"
MILLION = 1e6


@dataclass(frozen=True)
class Rate:
    """`dollars` for one `unit`; `free` units a month cost nothing."""

    service: str
    """As its price page is called."""
    unit: str
    dollars: float
    free: float = 0


class Price(Enum):
    ALARM = Rate("cloudwatch", "alarmed metrics", 0.10, free=10)
    HIGH_RESOLUTION_ALARM = Rate("cloudwatch", "metrics alarmed within a minute", 0.30)
    COMPOSITE_ALARM = Rate("cloudwatch", "composite alarms", 0.50)
    METRIC = Rate("cloudwatch", "custom metrics", 0.30, free=10)
    """Prorated by the hours in which it is sent."""
    DASHBOARD = Rate("cloudwatch", "dashboards", 3.00, free=3)
    LARGE_DASHBOARD = Rate("cloudwatch", "dashboards with more than 50 metrics", 3.00)
    """The free ones have up to 50 metrics."""
    METRICS_READ = Rate("cloudwatch", "metrics read by GetMetricData", 0.01 / 1000)
    LOGS_WRITTEN = Rate("cloudwatch", "GB of logs written", 0.50, free=5)
    LOGS_KEPT = Rate("cloudwatch", "GB of logs kept, compressed", 0.03)
    LOGS_QUERIED = Rate("cloudwatch", "GB of logs queried", 0.005)
    """The free five GB are for writing, keeping and querying together: writing gets them here."""
    LOGS_MASKED = Rate("cloudwatch", "GB of logs searched for personal data", 0.12)
    COST_REQUESTS = Rate("aws-cost-management", "requests to Cost Explorer", 0.01)
    CONTRIBUTOR_RULE = Rate("cloudwatch", "Contributor Insights rules", 0.50, free=1)
    CONTRIBUTOR_EVENTS = Rate("cloudwatch", "log events matched by them", 0.02 / MILLION, free=MILLION)

    FUNCTION_REQUESTS = Rate("lambda", "function runs", 0.20 / MILLION, free=MILLION)
    FUNCTION_TIME_ARM = Rate("lambda", "GB-seconds of functions (arm64)", 0.0000133334, free=400_000)
    FUNCTION_TIME_X86 = Rate("lambda", "GB-seconds of functions (x86_64)", 0.0000166667, free=400_000)
    FUNCTION_DISK = Rate("lambda", "GB-seconds of disk beyond 0.5 GB", 0.0000000309)

    SCHEDULES = Rate("eventbridge", "schedules fired", 1.00 / MILLION, free=14 * MILLION)
    EVENTS = Rate("eventbridge", "events that S3 or we send", 1.00 / MILLION)
    NOTIFICATIONS = Rate("sns", "messages published", 0.50 / MILLION, free=MILLION)
    EMAILS = Rate("sns", "e-mails", 2.00 / 100_000, free=1000)
    HTTPS_DELIVERIES = Rate("sns", "HTTPS deliveries", 0.60 / MILLION, free=100_000)
    SMS_NUMBER = Rate("end-user-messaging", "toll-free numbers that text messages to the US come from", 2.00)
    SMS = Rate("sns", "text messages (to the US; elsewhere more)", 0.00645 + 0.003)
    QUEUE_REQUESTS = Rate("sqs", "queue requests", 0.40 / MILLION, free=MILLION)

    STATE_TRANSITIONS = Rate("step-functions", "state transitions", 0.025 / 1000, free=4000)
    DRILL_INSTANCE = Rate("rds/postgresql", "GiB-hours of drills' temporary instances", 0.016)
    """Of the burstable classes with Graviton (t4g), whose price goes by their memory; others are near it."""
    DRILL_STORAGE = Rate("rds/postgresql", "GB-months of their storage", 0.115)

    INSTANCE = Rate("ec2", "hours of m7g.xlarge, or what costs as much", 0.1632)
    """Of the instances of large runs, on demand; Spot is about a third of it."""
    INSTANCE_DISK = Rate("ebs", "GB-months of their disks (gp3)", 0.08)
    INSTANCE_DISK_SPEED = Rate("ebs", "MB/s-months of these beyond 125 MB/s", 0.04)

    API_REQUESTS = Rate("api-gateway", "requests to HTTP APIs", 1.00 / MILLION)
    TABLE_WRITES = Rate("dynamodb", "writes of 1 KB", 0.625 / MILLION)
    TABLE_READS = Rate("dynamodb", "reads of 4 KB", 0.125 / MILLION)
    TABLE_STORAGE = Rate("dynamodb", "GB in tables", 0.25, free=25)
    TABLE_RECOVERY = Rate("dynamodb", "GB of tables kept recoverable", 0.20)
    OBJECTS_KEPT = Rate("s3", "GB of objects", 0.023)
    COLD_OBJECTS_KEPT = Rate("s3", "GB of objects in Glacier Instant Retrieval", 0.004)
    OBJECT_WRITES = Rate("s3", "object writes and lists", 0.005 / 1000)
    OBJECT_READS = Rate("s3", "object reads", 0.0004 / 1000)
    REGION_TRAFFIC = Rate("s3", "GB sent to another region", 0.02)
    """Between most regions; from São Paulo, Cape Town, Bahrain or Hong Kong several times as much."""
    PAGES_SERVED = Rate("cloudfront", "requests of pages", 0.01 / 10_000, free=10 * MILLION)
    PAGE_TRAFFIC = Rate("cloudfront", "GB of pages", 0.085, free=1000)

    KEY = Rate("kms", "keys", 1.00)
    """Each of its first two yearly rotations adds as much again."""
    KEY_USES = Rate("kms", "uses of keys", 0.03 / 10_000, free=20_000)
    SECRET = Rate("secrets-manager", "secrets", 0.40)
    INTERFACE_ENDPOINT = Rate("privatelink", "interface endpoints, per zone", 0.01 * 730)

    TRAIL_EVENTS = Rate("guardduty", "management events looked at", 4.00 / MILLION)
    NETWORK_LOGS = Rate("guardduty", "GB of network and DNS logs looked at", 1.00)
    OBJECT_EVENTS = Rate("guardduty", "S3 data events looked at", 0.80 / MILLION)
    LOGIN_WATCHED = Rate("guardduty", "database processors whose logins are looked at", 1.00)
    FUNCTION_NETWORK = Rate("guardduty", "GB of functions' network logs looked at", 1.00)
