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


def is_forgotten(resource):
    """Notices on their way are of use for hours; a kept table would be in the way when the channel comes back."""
    return str(resource["Properties"].get("TableName", "")).endswith("-notices")


def test_stateful_resources_are_kept_when_their_stack_is_deleted_or_they_are_replaced(resources):
    for key, resource in resources.items():
        if resource["Type"] in STATEFUL and not is_forgotten(resource):
            assert resource["DeletionPolicy"] in {"Retain", "Snapshot"}, key
            assert resource["UpdateReplacePolicy"] in {"Retain", "Snapshot"}, key


def test_stateful_resources_keep_their_logical_ids():
    resources = resources_of(synthesized("prod"))
    assert {key for kind in STATEFUL for key in of_type(resources, kind)} == PINNED
