"""How grave each alarm is, what silence is to it, and what makes it fire.

The fire drill takes an alarm's level, its stance on missing data and the bad periods that it needs from the alarm
itself: that these are the right ones is said here.
"""

import re

from lambdas.vocabulary.alarm_description import AlarmDescription
from tests.infra.conftest import of_type, resources_of, synthesized

CATALOGUE = """
api-error-rate                    high     notBreaching 1/1 x 5 min Sum request_failed/SampleCount request_duration > 5
api-error-rate-critical           critical notBreaching 1/1 x 5 min Sum request_failed/SampleCount request_duration > 10
api-errors                        high     notBreaching 2/2 x 1 min Sum request_failed > 10
api-errors-critical               critical notBreaching 2/2 x 1 min Sum request_failed > 50
api-failing                       high     -            any part; waits 12 min for DatabaseUnreachable, 12 min after it
api-latency-p95                   medium   notBreaching 3/3 x 5 min p95 request_duration > 1000
api-silent                        medium   breaching    6/6 x 5 min SampleCount request_duration < 1
api-traffic                       medium   notBreaching 3/3 x 5 min SampleCount request_duration outside its band
budget-availability-burns-fast    high     notBreaching 1/2 x 5 min Maximum budget_burns_fast > 0
budget-availability-burns-slowly  low      notBreaching 1/2 x 5 min Maximum budget_burns_slowly > 0
budget-latency-burns-fast         high     notBreaching 1/2 x 5 min Maximum budget_burns_fast > 0
budget-latency-burns-slowly       low      notBreaching 1/2 x 5 min Maximum budget_burns_slowly > 0
channel-incidents-failed          high     notBreaching 1/1 x 5 min Sum channel_failed > 0
channel-on-call-failed            high     notBreaching 1/1 x 5 min Sum channel_failed > 0
channel-sns-failed                high     notBreaching 1/1 x 5 min Sum channel_failed > 0
channel-team-chat-failed          high     notBreaching 1/1 x 5 min Sum channel_failed > 0
channel-tickets-failed            high     notBreaching 1/1 x 5 min Sum channel_failed > 0
database-backup-errors            critical notBreaching 1/1 x 5 min Sum Errors > 0
database-blocked                  medium   notBreaching 2/2 x 5 min Maximum blocked_sessions > 0
database-check-errors             high     notBreaching 1/1 x 5 min Sum Errors > 0
database-checksum-failures        critical notBreaching 1/1 x 5 min Maximum checksum_failures > 0
database-connections              high     ignore       2/2 x 5 min Maximum connections_used > 80
database-deadlocks                medium   notBreaching 1/1 x 5 min Maximum deadlocks > 0
database-findings                 low      notBreaching 2/2 x 5 min Maximum database_findings > 0
database-idle-in-transaction      medium   notBreaching 2/2 x 5 min Maximum idle_in_transaction > 300
database-inactive-slots           high     notBreaching 2/2 x 5 min Maximum inactive_slots > 0
database-longest-query            medium   notBreaching 2/2 x 5 min Maximum longest_query > 300
database-prepared-transaction     medium   notBreaching 2/2 x 5 min Maximum prepared_transaction > 300
database-replication-lag          medium   notBreaching 2/2 x 5 min Maximum replication_lag > 300
database-sequence                 medium   notBreaching 2/2 x 5 min Maximum sequence_used > 75
database-sequence-critical        critical notBreaching 2/2 x 5 min Maximum sequence_used > 90
database-transaction-ids          high     notBreaching 2/2 x 5 min Maximum transaction_ids_used > 50
database-transaction-ids-critical critical notBreaching 2/2 x 5 min Maximum transaction_ids_used > 75
database-unreachable              critical breaching    2/2 x 5 min Minimum database_reachable < 1
deliveries-failed                 high     notBreaching 1/288 x 5 min Sum NumberOfNotificationsFailed > 0
endpoint-api-certificate-30-days  low      notBreaching 1/1 x 5 min Minimum certificate_days_left < 30
endpoint-api-certificate-7-days   high     notBreaching 1/1 x 5 min Minimum certificate_days_left < 7
endpoint-api-degraded             medium   notBreaching 2/2 x 5 min Maximum degraded > 0
endpoint-api-down                 critical ignore       2/2 x 5 min Minimum up < 1
endpoint-api-flapping             high     ignore       5/12 x 5 min Minimum up < 1
endpoint-api-over-TLS-certificate-30-days low      notBreaching 1/1 x 5 min Minimum certificate_days_left < 30
endpoint-api-over-TLS-certificate-7-days high     notBreaching 1/1 x 5 min Minimum certificate_days_left < 7
endpoint-api-over-TLS-degraded    medium   notBreaching 2/2 x 5 min Maximum degraded > 0
endpoint-api-over-TLS-down        critical ignore       2/2 x 5 min Minimum up < 1
endpoint-api-over-TLS-flapping    high     ignore       5/12 x 5 min Minimum up < 1
endpoint-api-over-TLS-slow        medium   ignore       2/2 x 5 min Maximum latency_ms > 3000
endpoint-api-slow                 medium   ignore       2/2 x 5 min Maximum latency_ms > 3000
error-budget-errors               high     notBreaching 1/1 x 5 min Sum Errors > 0
error-digest-errors               high     notBreaching 1/1 x 5 min Sum Errors > 0
error-intake-errors               high     notBreaching 1/1 x 5 min Sum Errors > 0
error-relay-errors                high     notBreaching 1/1 x 5 min Sum Errors > 0
error-releases-errors             high     notBreaching 1/1 x 5 min Sum Errors > 0
error-test-errors                 high     notBreaching 1/1 x 5 min Sum Errors > 0
errors-dropped                    low      notBreaching 1/1 x 5 min Sum errors_dropped > 0
errors-flood                      critical notBreaching 1/1 x 1 min Sum errors_tracked > 50
errors-many                       high     notBreaching 1/1 x 1 min Sum errors_tracked > 10
errors-waiting                    high     notBreaching 1/1 x 5 min Maximum ApproximateAgeOfOldestMessage > 900
error-budget-silent               high     breaching    3/3 x 5 min Sum Invocations < 1
deployment-record-errors          high     notBreaching 1/1 x 5 min Sum Errors > 0
functions-dead-letters            high     notBreaching 1/1 x 5 min Maximum ApproximateNumberOfMessagesVisible > 0
functions-nearly-out-of-time      high     notBreaching 1/1 x 5 min Sum nearly_out_of_time > 0
functions-throttles               high     notBreaching 1/1 x 5 min Sum Throttles > 0
health-check-errors               high     notBreaching 1/1 x 5 min Sum Errors > 0
incident-answer-errors            high     notBreaching 1/1 x 5 min Sum Errors > 0
incident-errors                   critical notBreaching 1/1 x 5 min Sum Errors > 0
incident-evidence-errors          medium   notBreaching 1/1 x 5 min Sum Errors > 0
incident-silent                   critical breaching    2/2 x 5 min Sum Invocations < 1
notices-waiting                   high     notBreaching 1/1 x 5 min Maximum ApproximateAgeOfOldestMessage > 1200
notify-errors                     high     notBreaching 1/1 x 5 min Sum Errors > 0
pages-failed                      high     notBreaching 1/288 x 5 min Sum NumberOfNotificationsFailed > 0
prober-silent                     critical breaching    3/3 x 5 min Maximum prober_without_network > 0
prober-unknown                    high     notBreaching 3/3 x 5 min Maximum endpoints_unknown > 0
prometheus-api-process-open-fds   medium   notBreaching 3/3 x 5 min Maximum process_open_fds > 900
prometheus-faults                 medium   notBreaching 3/3 x 5 min Maximum scrape_faults > 0
prometheus-scrape-errors          high     notBreaching 1/1 x 5 min Sum Errors > 0
prometheus-scrape-silent          high     breaching    3/3 x 5 min Sum Invocations < 1
rds-byte-balance                  medium   notBreaching 3/3 x 5 min Average EBSByteBalance% < 20
rds-connections                   high     breaching    2/2 x 5 min Average DatabaseConnections > 68.8
rds-cpu                           medium   notBreaching 2/2 x 5 min Average CPUUtilization > 80
rds-cpu-credits                   medium   notBreaching 24/24 x 5 min Average CPUCreditBalance < 10
rds-free-memory                   high     breaching    3/3 x 5 min Average FreeableMemory < 82678120.4
rds-free-storage                  high     breaching    2/2 x 5 min Minimum FreeStorageSpace < 4294967296
rds-free-storage-critical         critical ignore       1/1 x 5 min Minimum FreeStorageSpace < 2000000000
rds-io-balance                    medium   notBreaching 3/3 x 5 min Average EBSIOBalance% < 20
rds-load                          medium   notBreaching 3/3 x 5 min Average DBLoad > 2
rds-read-latency                  medium   notBreaching 5/5 x 5 min p90 ReadLatency > 0.02
rds-saturated                     high     -            any part; waits 12 min for DatabaseUnreachable, 15 min after it
rds-write-latency                 medium   notBreaching 5/5 x 5 min p90 WriteLatency > 0.02
recovery-backup-age               critical breaching    1/1 x 60 min Maximum backup_age > 93600
recovery-check-errors             high     notBreaching 1/1 x 5 min Sum Errors > 0
recovery-duration                 high     notBreaching 1/1 x 1440 min Maximum recovery_duration > 3600
recovery-restorable-time-age      high     notBreaching 1/1 x 60 min Maximum restorable_time_age > 1800
recovery-verification-failed      critical notBreaching 1/1 x 5 min Maximum verification_failed > 0
recovery-verified-backup-age      critical breaching    1/1 x 60 min Maximum verified_backup_age > 93600
restore-verification-errors       critical notBreaching 1/1 x 5 min Sum Errors > 0
security-database-failed-logins   high     notBreaching 1/1 x 5 min Sum database_failed_logins > 5
security-failed-logins            high     notBreaching 1/5 x 1 min Sum failed_logins > 10
security-failed-logins-by-client  high     notBreaching 1/1 x 5 min MaxContributorValue > 10
security-failed-logins-by-user    high     notBreaching 1/1 x 5 min MaxContributorValue > 10
security-finding-errors           critical notBreaching 1/1 x 5 min Sum Errors > 0
security-privilege-change         medium   notBreaching 1/1 x 5 min Sum privilege_changes > 0
security-suspicious-requests      medium   notBreaching 1/1 x 5 min Sum suspicious_requests > 10
status-page-errors                high     notBreaching 1/1 x 5 min Sum Errors > 0
status-page-silent                high     breaching    3/3 x 5 min Sum Invocations < 1
test-alert-errors                 high     notBreaching 1/1 x 5 min Sum Errors > 0
"""
SIGNS = {
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside its band",
}


def test_alarms_match_the_expected_catalogue():
    """Every alarm is as grave as deaf to silence and as quick as it should be."""
    found, wanted = set((rows("local") | rows("prod")).values()), set(CATALOGUE.strip().splitlines())
    assert (found - wanted, wanted - found) == (set(), set())


def rows(environment):
    """A line for each alarm of an environment, by the alarm's name there."""
    resources, prefix = resources_of(synthesized(environment)), f"junkos-{environment}-"
    metric_alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    composites = of_type(resources, "AWS::CloudWatch::CompositeAlarm").values()
    described = [(alarm, alarm["TreatMissingData"], fires(alarm)) for alarm in metric_alarms]
    described += [(alarm, "-", held_back(alarm)) for alarm in composites]
    return {
        (name := alarm["AlarmName"].removeprefix(prefix)): f"{name:33} {level_of(alarm):8} {silence:12} {when}"
        for alarm, silence, when in described
    }


def level_of(alarm):
    return AlarmDescription.from_text(alarm["AlarmDescription"]).level


def fires(alarm):
    queries = alarm.get("Metrics", [])
    stats = [query["MetricStat"] for query in queries if "MetricStat" in query]
    (period,) = {one["Period"] for one in (alarm, *queries, *stats) if "Period" in one}
    if stats or not queries:
        watched = "/".join(map(statistic, reversed(stats or [alarm])))
    else:
        watched = re.search(r"'(\w+)'\)$", queries[0]["Expression"])[1]  # of a rule of Contributor Insights
    limit = f"{SIGNS[alarm['ComparisonOperator']]} {alarm.get('Threshold', '')}".strip()
    return f"{alarm['DatapointsToAlarm']}/{alarm['EvaluationPeriods']} x {period // 60} min {watched} {limit}"


def statistic(stat):
    """Of an alarm's own metric, or of one of several."""
    named = stat.get("Stat") or stat.get("Statistic") or stat["ExtendedStatistic"]
    return f"{named} {stat.get('Metric', stat)['MetricName']}"


def held_back(composite):
    wait, extension = (composite[f"ActionsSuppressor{name}Period"] // 60 for name in ("Wait", "Extension"))
    (cause,) = re.findall(r"GetAtt(\w+)Alarm", str(composite["ActionsSuppressor"]))
    return f"any part; waits {wait} min for {cause}, {extension} min after it"
