"""Types of CloudWatch and its logs that the completions of these services provide."""

from typing import Any

from ministack.core.responses import new_uuid

from emulator.ministack.alarms import actions, anomaly_detectors, insight_rules, mute_rules
from emulator.ministack.log_metrics import saved_queries
from emulator.ministack.resource_types.resource_type import Attributes, Properties, ResourceType, described


class AlarmMuteRule(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:
        name = properties.get("Name", generated_name)
        if mute_rules.described(name):
            raise ValueError(f"{self.name}: {name} already exists")
        return self._put(name, properties)

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        return self._put(reference.rpartition(":")[2], new)[1]

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        mute_rules.delete(reference.rpartition(":")[2])
        actions.catch_up()

    def _put(self, name: str, properties: Properties) -> tuple[str, Attributes]:
        reference = mute_rules.put({**properties, "Name": name})
        return reference, {"Arn": reference}


class InsightRule(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:  # noqa: ARG002
        name = properties["RuleName"]
        if insight_rules.exists(name):
            raise ValueError(f"{self.name}: {name} already exists")
        return insight_rules.arn(name), self._put(properties)

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        return self._put(new)

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        insight_rules.delete({"RuleNames": [reference.rpartition("/")[2]]})

    def _put(self, properties: Properties) -> Attributes:
        insight_rules.put({**properties, "RuleDefinition": properties["RuleBody"]})
        return {"Arn": insight_rules.arn(properties["RuleName"]), "RuleName": properties["RuleName"]}


class AnomalyDetector(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:  # noqa: ARG002
        anomaly_detectors.put(properties)
        identifier = new_uuid()
        return identifier, {"Id": identifier}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        anomaly_detectors.put(new)
        return {"Id": reference}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        anomaly_detectors.delete(properties)


class QueryDefinition(ResourceType):
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:  # noqa: ARG002
        identifier: str = saved_queries.put(_as_request(properties))["queryDefinitionId"]
        return identifier, {"QueryDefinitionId": identifier}

    def update(self, reference: str, old: Properties, new: Properties) -> Attributes:  # noqa: ARG002
        saved_queries.put({**_as_request(new), "queryDefinitionId": reference})
        return {"QueryDefinitionId": reference}

    def delete(self, reference: str, properties: Properties) -> None:  # noqa: ARG002
        saved_queries.delete({"queryDefinitionId": reference})


def _as_request(properties: Properties) -> dict[str, Any]:
    """CloudFormation's names of properties begin with a capital letter, those of Logs' API do not."""
    return {name[0].lower() + name[1:]: value for name, value in properties.items()}


_ANOMALY_METRIC = described(
    "Dimensions MetricCharacteristics MetricMathAnomalyDetector MetricName Namespace SingleMetricAnomalyDetector Stat"
)

TYPES = (
    AlarmMuteRule(
        "AWS::CloudWatch::AlarmMuteRule",
        required=described("Rule"),
        optional=described("Description ExpireDate MuteTargets Name StartDate Tags"),
        replacing=described("Name"),
    ),
    InsightRule(
        "AWS::CloudWatch::InsightRule",
        required=described("RuleBody RuleName RuleState"),
        optional=described("ApplyOnTransformedLogs Tags"),
        replacing=described("RuleName"),
    ),
    AnomalyDetector(
        "AWS::CloudWatch::AnomalyDetector",
        required=frozenset(),
        optional=_ANOMALY_METRIC | described("Configuration"),
        replacing=_ANOMALY_METRIC,
    ),
    QueryDefinition(
        "AWS::Logs::QueryDefinition",
        required=described("Name QueryString"),
        optional=described("LogGroupNames Parameters QueryLanguage"),
    ),
)
