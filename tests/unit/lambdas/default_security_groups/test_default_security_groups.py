"""Default security groups lose the rules that they come with, and only those."""

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from lambdas.default_security_groups.close_groups import close_groups
from lambdas.default_security_groups.settings import Settings

ACCOUNT = "123456789012"


def settings_for(*groups):
    return Settings(environment="test", account=ACCOUNT, groups=groups)


@mock_aws
def test_default_group_is_closed_repeatedly():
    """The default group of a vpc lets nothing in and nothing out however often it is closed."""
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/24")["Vpc"]["VpcId"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]

    for _ in range(2):
        assert close_groups(settings_for(group["GroupId"]), ec2) == {"Groups": group["GroupId"]}

    (closed,) = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    assert (closed["IpPermissions"], closed["IpPermissionsEgress"]) == ([], [])


def test_both_rules_are_revoked():
    """Both rules are revoked as aws has them."""
    ec2 = boto3.client("ec2")
    own = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": ACCOUNT}]}
    anywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    with Stubber(ec2) as stub:
        stub.add_client_error("revoke_security_group_ingress", "InvalidPermission.NotFound")
        stub.add_response("revoke_security_group_egress", {}, {"GroupId": "sg-1", "IpPermissions": [anywhere]})
        stub.add_response("revoke_security_group_ingress", {}, {"GroupId": "sg-2", "IpPermissions": [_of("sg-2", own)]})
        stub.add_client_error("revoke_security_group_egress", "InvalidPermission.NotFound")

        close_groups(settings_for("sg-1", "sg-2"), ec2)
        stub.assert_no_pending_responses()


def _of(group, rule):
    return {**rule, "UserIdGroupPairs": [{"GroupId": group, "UserId": ACCOUNT}]}


def test_any_other_refusal_fails_the_deployment():
    ec2 = boto3.client("ec2")
    with Stubber(ec2) as stub:
        stub.add_client_error("revoke_security_group_ingress", "UnauthorizedOperation")
        with pytest.raises(ClientError, match="UnauthorizedOperation"):
            close_groups(settings_for("sg-1"), ec2)
