"""A stack cannot delete what an instance that outlives it stands on."""

import json
import re

import pytest

from tests.integration.emulator.waiting import until

PARAMETERS = {
    "Type": "AWS::RDS::DBParameterGroup",
    "Properties": {"Family": "postgres18", "Description": "of the instance", "Parameters": {"log_lock_waits": "1"}},
}
SUBNETS = {
    "Type": "AWS::RDS::DBSubnetGroup",
    "Properties": {
        "DBSubnetGroupDescription": "of the instance",
        "SubnetIds": [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}],
    },
}
INSTANCE = {
    "Type": "AWS::RDS::DBInstance",
    "Properties": {
        "DBInstanceIdentifier": "kept",
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "AllocatedStorage": "20",
        "MasterUsername": "master",
        "ManageMasterUserPassword": True,
        "DBParameterGroupName": {"Ref": "Parameters"},
        "DBSubnetGroupName": {"Ref": "Subnets"},
        "VPCSecurityGroups": [{"Fn::GetAtt": ["Group", "GroupId"]}],
    },
}


def subnet(zone, block):
    where = {"VpcId": {"Ref": "Network"}, "AvailabilityZone": zone, "CidrBlock": block}
    return {"Type": "AWS::EC2::Subnet", "Properties": where}


def resources(**policy):
    return {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}},
        "SubnetA": subnet("us-east-1a", "10.0.0.0/26"),
        "SubnetB": subnet("us-east-1b", "10.0.0.64/26"),
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"VpcId": {"Ref": "Network"}, "GroupDescription": "of the instance"},
        },
        "Parameters": PARAMETERS,
        "Subnets": SUBNETS,
        "Instance": {**INSTANCE, **policy},
    }


@pytest.fixture
def formation(client):
    return client("cloudformation")


def at_rest(formation, name):
    """The status of a stack that nothing is done to; of a deleted one too, by its id."""

    def status():
        (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack["StackStatus"]

    return until(status)


def test_retained_instance_keeps_what_it_uses(formation):
    """What a retained instance uses stays and the deletion says why."""
    template = json.dumps({"Resources": resources(DeletionPolicy="Retain")})
    stack = formation.create_stack(StackName="kept", TemplateBody=template)["StackId"]
    assert at_rest(formation, stack) == "CREATE_COMPLETE"

    formation.delete_stack(StackName=stack)

    assert at_rest(formation, stack) == "DELETE_FAILED"
    events = formation.describe_stack_events(StackName=stack)["StackEvents"]
    refused = {
        event["LogicalResourceId"]: event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"] == "DELETE_FAILED" and event["ResourceType"] != "AWS::CloudFormation::Stack"
    }
    assert set(refused) == {"Network", "SubnetA", "Group", "Parameters", "Subnets"}  # it has no interface in SubnetB
    assert re.fullmatch(r"resource sg-\w+ has a dependent object", refused["Group"])
    assert "still members of this parameter group" in refused["Parameters"]


def test_instance_deletion_removes_its_parts(formation):
    """With the instance goes all that it used."""
    template = json.dumps({"Resources": resources(DeletionPolicy="Delete")}).replace('"kept"', '"let-go"')
    stack = formation.create_stack(StackName="let-go", TemplateBody=template)["StackId"]
    assert at_rest(formation, stack) == "CREATE_COMPLETE"

    formation.delete_stack(StackName=stack)

    assert at_rest(formation, stack) == "DELETE_COMPLETE"


def test_parameter_group_refuses_as_rds(formation):
    """A parameter group refuses what rds refuses in its family."""
    wrong = {"Family": "postgres18", "Description": "of nobody", "Parameters": {"log_connections": "1"}}
    template = {"Resources": {"Parameters": {"Type": "AWS::RDS::DBParameterGroup", "Properties": wrong}}}
    stack = formation.create_stack(StackName="refused", TemplateBody=json.dumps(template))["StackId"]

    assert at_rest(formation, stack) == "ROLLBACK_COMPLETE"
    events = formation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [it.get("ResourceStatusReason", "") for it in events if it["LogicalResourceId"] == "Parameters"]
    assert any("Invalid parameter value: 1 for: log_connections allowed values are: receipt" in it for it in reasons)
