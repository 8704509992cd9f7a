"""What holds data outlives its stack, and keeps its identity through every refactoring."""

from tests.infra.conftest import of_type, resources_of, synthesized

STATEFUL = (
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::RDS::DBInstance",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::SecretsManager::Secret",
)
# A changed logical id makes CloudFormation create another resource and abandon this one with all that it holds.
PINNED = {
    ("junkos-prod-backups", "Bucket83908E77"),
    ("junkos-prod-backups", "Key961B73FD"),
    ("junkos-prod-database", "InstanceDatabaseE6A8D90A"),
    ("junkos-prod-uptime", "DatabaseStates72C9FBC0"),
    ("junkos-prod-uptime", "StatusPageBucket40FE535F"),
    ("junkos-prod-uptime", "EndpointStates8256E188"),
}
FORGETFUL = ("-notices", "-security-told")
"""Tables of what people were told: of use for hours, and a kept one would be in the way when its stack comes back."""


def is_forgotten(resource):
    return str(resource["Properties"].get("TableName", "")).endswith(FORGETFUL)


def test_stateful_resources_are_kept_when_their_stack_is_deleted_or_they_are_replaced(resources):
    for key, resource in resources.items():
        if resource["Type"] in STATEFUL and not is_forgotten(resource):
            assert resource["DeletionPolicy"] in {"Retain", "Snapshot"}, key
            assert resource["UpdateReplacePolicy"] in {"Retain", "Snapshot"}, key


def test_stateful_resources_keep_their_logical_ids():
    resources = resources_of(synthesized("prod"))
    found = {key for kind in STATEFUL for key in of_type(resources, kind) if not is_forgotten(resources[key])}
    assert found == PINNED
