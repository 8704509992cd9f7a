"""How permissions are checked where MiniStack alone would not do as IAM does."""

import json

import pytest
from botocore.exceptions import ClientError

from emulator import account
from emulator.account import ACCOUNT_ID, REGION

TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}, "Action": "sts:AssumeRole"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, client_of):
    """An account that enforces permissions, with two log groups of which a role may read one."""
    with account.running(tmp_path_factory.mktemp("account")) as running:
        iam, logs = client_of(running, "iam"), client_of(running, "logs")
        for group in ("mine", "yours"):
            logs.create_log_group(logGroupName=group)
        mine = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:mine:*"
        reading = {"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": mine}
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document(TRUST))
        iam.put_role_policy(RoleName="reader", PolicyName="reading", PolicyDocument=document(reading))
        running.enforce_iam()
        yield running


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def reader(guarded, client_of):
    sts = client_of(guarded, "sts")
    session = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/reader", RoleSessionName="reading")
    key = session["Credentials"]
    logs = client_of(guarded, "logs", key["AccessKeyId"], key["SecretAccessKey"])
    logs._request_signer._credentials.token = key["SessionToken"]
    return logs


def test_policy_names_log_group_like_aws(reader):
    """A policy names a log group as aws does."""
    assert reader.filter_log_events(logGroupName="mine")["events"] == []
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.filter_log_events(logGroupName="yours")


def test_used_and_denied_actions_are_recorded(guarded, reader):
    """What a role used is sent and what it was refused is not."""
    reader.filter_log_events(logGroupName="mine")
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.describe_log_groups()
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/reader/reading"
    assert guarded.permissions_used() == [(session, "logs:FilterLogEvents")]
