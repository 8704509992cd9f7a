"""Keys, secrets, and ways into a network."""

from collections.abc import Iterator

from cost.prices import Price
from cost.templates import Templates
from cost.use import Use


def uses_of_keys(templates: Templates) -> Iterator[Use]:
    for key in templates.of_type("AWS::KMS::Key"):
        yield Use(Price.KEY, 1, str(key.properties.get("Description", key.identifier)))
    for secret in templates.of_type("AWS::SecretsManager::Secret"):
        yield Use(Price.SECRET, 1, str(secret.properties.get("Name", secret.identifier)))


def uses_of_endpoints(templates: Templates) -> Iterator[Use]:
    """Gateway endpoints, to S3 and DynamoDB, are free."""
    for endpoint in templates.of_type("AWS::EC2::VPCEndpoint"):
        if endpoint.properties.get("VpcEndpointType", "Gateway") != "Gateway":
            zones = len(endpoint.properties.get("SubnetIds", ())) or 1
            yield Use(Price.INTERFACE_ENDPOINT, zones, str(endpoint.properties["ServiceName"]))
