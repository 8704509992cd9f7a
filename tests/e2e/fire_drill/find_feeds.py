"""Which producer feeds which metric of which alarm; a metric that nobody feeds is named."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lambdas.vocabulary.names import Named, physical_name
from tests.e2e.fire_drill.alarms import MetricAlarm, Watched
from tests.e2e.fire_drill.aws_metrics import DOCUMENTED
from tests.e2e.fire_drill.feeds import AwsFeed, EmittedFeed, Feed, LoggedFeed
from tests.producers import Emission, described, unit_wanted


class NobodyEmitsError(Exception):
    """An alarm watches what no producer emits."""


@dataclass(frozen=True)
class Producers:
    """`logs` has the lines that metric filters are made for, by log group."""

    client: Callable[[str], Any]
    environment: Named
    emissions: Iterable[Emission]
    logs: Mapping[str, LoggedFeed]
    alarms: Iterable[MetricAlarm]

    def feeds_of(self, alarm: MetricAlarm) -> list[Feed]:
        """Raises NobodyEmitsError, which says what is wanted, and what is there instead."""
        return [*map(self._feed_of, alarm.metrics), *map(self._of_rule, alarm.rules)]

    def _of_rule(self, name: str) -> Feed:
        rules = self.client("cloudwatch").describe_insight_rules()["InsightRules"]
        definitions = [json.loads(rule["Definition"]) for rule in rules if rule["Name"] == name]
        if not definitions:
            raise NobodyEmitsError(f"there is no rule {name} of Contributor Insights")
        return self.logs[definitions[0]["LogGroupNames"][0]]

    def _feed_of(self, watched: Watched) -> Feed:
        if watched.namespace.startswith("AWS/"):
            return self._of_aws(watched)
        groups = [group for group, transformation in self._transformations if _makes(transformation, watched)]
        if groups:
            return self.logs[groups[0]]
        return self._of_ours(watched)

    def _of_ours(self, watched: Watched) -> Feed:
        unit = watched.unit or unit_wanted(watched.namespace, watched.name)
        wanted = described(watched.namespace, watched.name, unit, dict(watched.dimensions))
        emission = next((it for it in self.emissions if str(it) == wanted), None)
        if emission is None:
            near = [str(it) for it in self.emissions if it.metric == watched.name]
            raise NobodyEmitsError(f"nobody emits {wanted}" + (f", but {', '.join(near)}" if near else ""))
        if emission.worst is None:
            raise NobodyEmitsError(f"{emission.function} emits {wanted} in no trouble that it knows")
        return EmittedFeed(emission, f"/aws/lambda/{physical_name(self.environment, emission.function)}")

    def _of_aws(self, watched: Watched) -> Feed:
        documented = DOCUMENTED.get((watched.namespace, watched.name))
        if documented is None:
            raise NobodyEmitsError(f"{watched} is not among AWS's documented metrics (fire_drill/aws_metrics.py)")
        if watched.unit not in (None, documented.unit):
            raise NobodyEmitsError(f"AWS emits {watched} in {documented.unit}, not in {watched.unit}")
        dimensions = dict(watched.dimensions)
        if dimensions.keys() != documented.dimensions:
            raise NobodyEmitsError(
                f"AWS emits {watched} with the dimensions {', '.join(sorted(documented.dimensions))}"
            )
        if unknown := [of for name, of in dimensions.items() if of not in self._existing[name]]:
            raise NobodyEmitsError(f"{watched}: there is no {unknown[0]}")
        return AwsFeed.of(watched, [alarm for alarm in self.alarms if watched in alarm.metrics])

    @cached_property
    def _transformations(self) -> list[tuple[str, dict[str, Any]]]:
        pages = self.client("logs").get_paginator("describe_metric_filters").paginate()
        return [
            (found["logGroupName"], transformation)
            for page in pages
            for found in page["metricFilters"]
            for transformation in found["metricTransformations"]
        ]

    @cached_property
    def _existing(self) -> dict[str, set[str]]:
        """The resources of the account that metrics of AWS's own are about, by dimension."""
        functions = self.client("lambda").get_paginator("list_functions").paginate()
        queues = self.client("sqs").list_queues().get("QueueUrls", ())
        topics = self.client("sns").list_topics()["Topics"]
        instances = self.client("rds").describe_db_instances()["DBInstances"]
        return {
            "FunctionName": {it["FunctionName"] for page in functions for it in page["Functions"]},
            "QueueName": {url.rpartition("/")[2] for url in queues},
            "TopicName": {it["TopicArn"].rpartition(":")[2] for it in topics},
            "DBInstanceIdentifier": {it["DBInstanceIdentifier"] for it in instances},
        }


def _makes(transformation: Mapping[str, Any], watched: Watched) -> bool:
    """Whether the filter makes this metric with these dimensions; their values come with the lines."""
    named = (transformation["metricNamespace"], transformation["metricName"])
    dimensions = transformation.get("dimensions", {}).keys()
    return named == (watched.namespace, watched.name) and dimensions == dict(watched.dimensions).keys()
