"""What holds data outlives its stack, and keeps its identity through every refactoring."""

from tests.infra.conftest import WITH_ON_CALL, of_type, resources_of, synthesized

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
    ("junkos-prod-errors", "StoreBucket4FBDE984"),
    ("junkos-prod-errors", "StoreTable0CCFA19B"),
    ("junkos-prod-backups", "Bucket83908E77"),
    ("junkos-prod-backups", "Key961B73FD"),
    ("junkos-prod-database", "InstanceDatabaseE6A8D90A"),
    ("junkos-prod-uptime", "DatabaseStates72C9FBC0"),
    ("junkos-prod-incidents", "Bucket83908E77"),
    ("junkos-prod-reviews", "Bucket83908E77"),
    ("junkos-prod-incidents", "Incidents169D50D8"),
    ("junkos-prod-status-page", "StatusPageBucket40FE535F"),
    ("junkos-prod-uptime", "EndpointStates8256E188"),
}
FORGETFUL = ("-notices", "-security-published", "-prometheus-states")
"""Tables of what was sent or counted: of use for hours, and in the way when their stack comes back."""


def is_forgotten(resource):
    return str(resource["Properties"].get("TableName", "")).endswith(FORGETFUL)


def test_stateful_resources_are_retained(resources):
    """Stateful resources are kept when their stack is deleted or they are replaced."""
    for key, resource in resources.items():
        if resource["Type"] in STATEFUL and not is_forgotten(resource):
            assert resource["DeletionPolicy"] == "RetainExceptOnCreate", key
            assert resource["UpdateReplacePolicy"] == "Retain", key


def test_nothing_outlives_the_creation_that_failed(resources):
    """Plain `Retain` does, and what it leaves has the names that the next creation needs."""
    policies = {key: resource.get("DeletionPolicy", "Delete") for key, resource in resources.items()}
    assert {key: policy for key, policy in policies.items() if policy not in {"Delete", "RetainExceptOnCreate"}} == {}


def test_containers_of_kept_resources_are_kept():
    """AWS deletes neither a subnet that an instance is in nor a group that one has; RDS makes its logs again."""
    template = synthesized("prod").get_stack_by_name("junkos-prod-database").template
    ours = {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"}
    deleted = {
        one["Type"]
        for one in template["Resources"].values()
        if one.get("DeletionPolicy", "Delete") == "Delete" and not str(one).count("/aws/lambda/")
    }
    assert deleted - ours == {"AWS::Lambda::EventInvokeConfig", "Custom::DatabaseLogin"}


def test_stateful_resources_keep_their_logical_ids():
    resources = resources_of(synthesized(WITH_ON_CALL))
    found = {key for kind in STATEFUL for key in of_type(resources, kind) if not is_forgotten(resources[key])}
    assert found == PINNED
