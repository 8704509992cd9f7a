"""Instances run their user data, as EC2's do, and leave nothing behind."""

import functools
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from emulator import account
from emulator.account import ACCOUNT_ID, REGION
from tests.integration.emulator.stack import Stack
from tests.integration.emulator.waiting import until

EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
WHOLE = """#!/bin/bash
echo written >of-instance
aws s3 cp of-instance s3://results/{name}
{more}
"""
TEMPLATE = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "of-instances",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [EC2]},
            "Policies": [
                {
                    "PolicyName": "puts",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::results/allowed*"}
                        ],
                    },
                }
            ],
        },
    },
    "Profile": {
        "Type": "AWS::IAM::InstanceProfile",
        "Properties": {"InstanceProfileName": "of-instances", "Roles": [{"Ref": "Role"}]},
    },
    "Template": {
        "Type": "AWS::EC2::LaunchTemplate",
        "Properties": {
            "LaunchTemplateName": "of-runs",
            "LaunchTemplateData": {
                "ImageId": IMAGE,
                "InstanceType": "m7g.xlarge",
                "IamInstanceProfile": {"Arn": {"Fn::GetAtt": ["Profile", "Arn"]}},
                "InstanceInitiatedShutdownBehavior": "terminate",
                "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "Encrypted": True}}],
                "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "of", "Value": "template"}]}],
            },
        },
    },
}


@pytest.fixture(scope="module")
def launched(client):
    """The launch template's identifier; of what there is to launch."""
    client("s3").create_bucket(Bucket="results")
    stack = Stack(client)
    status, outputs = stack.create(TEMPLATE, outputs={"Template": {"Ref": "Template"}})
    assert status == "CREATE_COMPLETE", stack.reasons()
    return outputs["Template"]


@pytest.fixture
def run(client, launched, request):
    """Starts an instance of the template; returns how EC2 describes it."""
    started = []

    def start(script=None, client=client, **options):
        given = {"LaunchTemplate": {"LaunchTemplateId": launched, "Version": "1"}, "MinCount": 1, "MaxCount": 1}
        given |= {"UserData": script} if script else {}
        (instance,) = client("ec2").run_instances(**{**given, **options})["Instances"]
        started.append(instance["InstanceId"])
        return instance

    yield start
    for identifier in started:
        with suppress(ClientError):
            client("ec2").terminate_instances(InstanceIds=[identifier])


@pytest.fixture
def described(client):
    def of(**options):
        found = client("ec2").describe_instances(**options)["Reservations"]
        return [instance for reservation in found for instance in reservation["Instances"]]

    return of


def state(described, instance):
    (found,) = described(InstanceIds=[instance["InstanceId"]])
    return found["State"]["Name"]


def read(client, name):
    with suppress(ClientError):
        return client("s3").get_object(Bucket="results", Key=name)["Body"].read()
    return None


def processes(marker):
    """The ids of processes whose command has this in it."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if marker.encode() in (path / "cmdline").read_bytes():
                found.add(int(path.name))
    return found


def test_user_data_runs_and_its_shutdown_terminates(client, run, described):
    instance = run(WHOLE.format(name="allowed-1", more="shutdown -h now"))
    assert until(lambda: read(client, "allowed-1")) == b"written\n"
    until(lambda: state(described, instance) == "terminated")
    (found,) = described(InstanceIds=[instance["InstanceId"]])
    assert found["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"


def test_script_that_ends_leaves_the_instance(client, run, described):
    """Only a shutdown or a termination ends what is paid for."""
    instance = run(WHOLE.format(name="allowed-2", more="exit 1"))
    until(lambda: read(client, "allowed-2"))
    assert state(described, instance) == "running"


def test_termination_ends_all_that_was_started(client, run, described):
    marker = "8765.4321"
    sleeping = f"/bin/sleep {marker}"
    instance = run(f"#!/bin/bash\nsetsid sh -c '{sleeping}; true' &\n(nohup setsid {sleeping} &)\nwait\n")
    until(lambda: len(processes(marker)) >= 3)
    answer = client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert answer["TerminatingInstances"][0]["CurrentState"]["Name"] in ("shutting-down", "terminated")
    assert processes(marker) == set()
    assert state(described, instance) == "terminated"


def test_template_and_request_are_one(client, run, described):
    """The request wins; tags and disk are the request's."""
    vpc = client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    group = client("ec2").create_security_group(VpcId=vpc, GroupName="g", Description="g")["GroupId"]
    instance = run(
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": False}
        ],
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 777}}],
        TagSpecifications=[
            {"ResourceType": kind, "Tags": [{"Key": "run", "Value": "one"}]} for kind in ("instance", "volume")
        ],
        InstanceMarketOptions={"MarketType": "spot"},
    )
    (found,) = described(Filters=[{"Name": "tag:run", "Values": ["one"]}, {"Name": "tag:of", "Values": ["template"]}])
    assert found["InstanceId"] == instance["InstanceId"]
    assert (found["InstanceType"], found["SubnetId"], found["InstanceLifecycle"]) == ("m7g.xlarge", subnet, "spot")
    assert [it["GroupId"] for it in found["SecurityGroups"]] == [group]
    assert found["IamInstanceProfile"]["Arn"].endswith(":instance-profile/of-instances")
    assert not found.get("PublicIpAddress")
    volume = found["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    (disk,) = client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"]
    assert (disk["Size"], disk["Tags"]) == (777, [{"Key": "run", "Value": "one"}])


def test_doubled_order_is_done_once(client, run, described):
    token = {"ClientToken": "the-same"}
    first, second = run(**token), run(**token)
    assert first["InstanceId"] == second["InstanceId"]
    assert len(described(Filters=[{"Name": "client-token", "Values": ["the-same"]}])) == 1
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        run(InstanceType="m7g.large", **token)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-0123456789abcdef0"}}, "InvalidLaunchTemplateId.NotFound"),
        ({"ImageId": "resolve:ssm:/aws/service/no-such-image"}, "InvalidAMIID.NotFound"),
        ({"SubnetId": "subnet-none"}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-none"]}, "InvalidGroup.NotFound"),
        ({"IamInstanceProfile": {"Name": "none"}}, "InvalidParameterValue"),
        ({"UserData": "x" * (16 * 1024 + 1)}, "InvalidParameterValue"),
        ({"SubnetId": "s", "NetworkInterfaces": [{"DeviceIndex": 0}]}, "InvalidParameterCombination"),
    ],
)
def test_wrong_order_is_refused(run, options, code):
    with pytest.raises(ClientError) as refusal:
        run(**options)
    assert refusal.value.response["Error"]["Code"] == code


def test_end_of_the_account_is_that_of_its_instances(tmp_path, client_of):
    """However it ends."""
    with account.running(tmp_path) as running:
        marker = "8765.1234"
        script = f"#!/bin/bash\nsetsid /bin/sleep {marker} &\nwait\n"
        client_of(running, "ec2").run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, UserData=script)
        until(lambda: processes(marker))
        os.kill(running.child.process.pid, signal.SIGKILL)
        until(lambda: not processes(marker))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, client_of):
    """An account that enforces permissions; who orders there may do what a large run's function may."""
    with account.running(tmp_path_factory.mktemp("guarded")) as running:
        client = functools.cache(functools.partial(client_of, running))
        client("s3").create_bucket(Bucket="results")
        status, outputs = Stack(client).create(TEMPLATE, outputs={"Template": {"Ref": "Template"}})
        assert status == "CREATE_COMPLETE"
        yield running, client, outputs["Template"]


def statement(action, *resources, **conditions):
    found = {"Effect": "Allow", "Action": action, "Resource": list(resources)}
    return {**found, "Condition": conditions} if conditions else found


def rights(template):
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT_ID}"
    own = f"{arn}:launch-template/{template}"
    by_template = {"ArnEquals": {"ec2:LaunchTemplate": own}}
    return {
        "template": statement("ec2:RunInstances", own, f"{arn}:subnet/*", f"{arn}:security-group/*"),
        "made": statement(
            "ec2:RunInstances",
            f"{arn}:instance/*",
            f"{arn}:volume/*",
            StringEquals={"aws:RequestTag/purpose": "test"},
            **by_template,
        ),
        "interface": statement(
            "ec2:RunInstances",
            f"{arn}:network-interface/*",
            Bool={"ec2:AssociatePublicIpAddress": "false"},
            **by_template,
        ),
        "image": statement("ec2:RunInstances", f"arn:aws:ec2:{REGION}::image/*", **by_template),
        "tags": statement(
            "ec2:CreateTags",
            f"{arn}:instance/*",
            f"{arn}:volume/*",
            StringEquals={"ec2:CreateAction": "RunInstances"},
        ),
        "role": statement(
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT_ID}:role/of-instances",
            StringEquals={"iam:PassedToService": "ec2.amazonaws.com"},
        ),
        "parameter": statement("ssm:GetParameters", f"arn:aws:ssm:{REGION}::parameter/aws/service/*"),
        "end": statement(
            "ec2:TerminateInstances", f"{arn}:instance/*", StringEquals={"aws:ResourceTag/purpose": "test"}
        ),
    }


def test_each_permission_of_an_order_is_needed(guarded, client_of):
    running, client, template = guarded
    iam, all_rights = client("iam"), rights(template)
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    group = client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
    keys = {}
    for lacking in [*all_rights, "nothing"]:
        name = f"lacks-{lacking}"
        granted = [right for kind, right in all_rights.items() if kind != lacking]
        document = json.dumps({"Version": "2012-10-17", "Statement": granted})
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        keys[lacking] = iam.create_access_key(UserName=name)["AccessKey"]
    running.enforce_iam()

    def order(lacking, purpose="test", script="#!/bin/bash\n", token=""):
        key, tags = keys[lacking], [{"Key": "purpose", "Value": purpose}]
        ec2 = client_of(running, "ec2", key["AccessKeyId"], key["SecretAccessKey"])
        (instance,) = ec2.run_instances(
            LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
            MinCount=1,
            MaxCount=1,
            UserData=script,
            ClientToken=token,
            NetworkInterfaces=[
                {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": False}
            ],
            TagSpecifications=[{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")],
        )["Instances"]
        return ec2, instance["InstanceId"]

    for lacking in all_rights:
        if lacking != "end":
            with pytest.raises(ClientError, match="not authorized"):
                order(lacking)
    with pytest.raises(ClientError, match="not authorized"):
        order("nothing", purpose="another")
    both = WHOLE.format(name="allowed", more="aws s3 cp of-instance s3://results/refused 2>refusal || true")
    both += "aws s3 cp refusal s3://results/allowed-refusal\n"
    ec2, ours = order("nothing", script=both)
    assert until(lambda: read(client, "allowed-refusal"))
    assert (read(client, "allowed"), read(client, "refused")) == (b"written\n", None)
    with pytest.raises(ClientError, match="not authorized"):
        client_of(running, "ec2", *list(map(keys["end"].get, ("AccessKeyId", "SecretAccessKey")))).terminate_instances(
            InstanceIds=[ours]
        )
    (other,) = client("ec2").run_instances(ImageId="ami-1", MinCount=1, MaxCount=1)["Instances"]
    with pytest.raises(ClientError, match="not authorized"):
        ec2.terminate_instances(InstanceIds=[other["InstanceId"]])
    ec2.terminate_instances(InstanceIds=[ours])
