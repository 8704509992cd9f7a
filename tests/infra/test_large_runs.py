"""What a large run may do, that its state machine always ends in the termination, and what switches it off."""

import json

import pytest

from lambdas.large_run.user_data import LARGEST, Instructions, user_data
from lambdas.vocabulary.large_runs import DEVICE, JOBS, LEFTOVER, Job, Phase, folder_of
from stacks.application import compose, new_app
from stacks.resources.large_runs import INSTANCE_TYPES, SYSTEM_GB
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.permissions import Permissions, as_list

PROOF, BACKUP = "junkos-prod-restore-verification", "junkos-prod-database-backup"
HOURS = 3600


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


@pytest.fixture(scope="module")
def permissions():
    return Permissions("prod", {stack.stack_name: stack.template for stack in synthesized("prod").stacks})


@pytest.fixture(scope="module")
def machines(prod):
    return {
        it["StateMachineName"]: definition_of(it) for it in of_type(prod, "AWS::StepFunctions::StateMachine").values()
    }


@pytest.fixture(params=[PROOF, BACKUP])
def name(request):
    return request.param


@pytest.fixture
def definition(machines, name):
    return machines[name]


@pytest.fixture(scope="module")
def without():
    """Production that switched them off."""
    prod = load("prod")
    off = prod.backups.model_copy(update={"large_runs": prod.backups.large_runs.model_copy(update={"enabled": False})})
    return composed(prod.model_copy(update={"backups": off}))


def composed(environment):
    app = new_app()
    compose(app, environment)
    return resources_of(app.synth())


def definition_of(machine):
    """Each reference as the text of its template's expression."""
    _, parts = machine["DefinitionString"]["Fn::Join"]
    texts = (part if isinstance(part, str) else json.dumps(part).replace('"', "'") for part in parts)
    return json.loads("".join(texts))


def ec2_statements(prod):
    policies = of_type(prod, "AWS::IAM::Policy").items()
    (policy,) = (it for (_, key), it in policies if "largerunRole" in key)
    return [it for it in policy["PolicyDocument"]["Statement"] if "ec2:" in str(it["Action"]) or "iam:" in str(it)]


def test_each_job_has_a_machine_of_its_functions_name(machines, prod):
    names = {it["FunctionName"] for it in of_type(prod, "AWS::Lambda::Function").values()}
    assert set(machines) == {PROOF, BACKUP} < names
    assert [name.removeprefix("junkos-prod-").replace("-", "_") for name in sorted(machines)] == list(JOBS)


def test_schedules_and_events_start_the_machines(prod):
    schedules = {it["Name"]: it["Target"] for it in of_type(prod, "AWS::Scheduler::Schedule").values()}
    for schedule in (BACKUP, f"{PROOF}-drill"):
        assert "Machine" in json.dumps(schedules[schedule]["Arn"])
        assert schedules[schedule]["DeadLetterConfig"]
        assert schedules[schedule]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 3}
    rules = {it["Name"]: it["Targets"] for it in of_type(prod, "AWS::Events::Rule").values()}
    (target,) = rules["junkos-prod-manifest-committed"]
    assert "Machine" in json.dumps(target["Arn"])
    assert target["DeadLetterConfig"]


def test_function_gets_the_event_as_it_is(definition):
    """And is tried as often as Lambda tries one."""
    run = definition["States"][definition["StartAt"]]
    assert definition["StartAt"] == "Run"
    assert not {"Parameters", "InputPath", "ResultPath"} & run.keys()
    (any_error,) = (it for it in run["Retry"] if it["ErrorEquals"] == ["States.ALL"])
    assert (any_error["MaxAttempts"], any_error["IntervalSeconds"], any_error["BackoffRate"]) == (2, 60, 2)


def test_what_the_function_gives_up_is_a_dead_letter(definition):
    states = definition["States"]
    (given_up,) = (it["Next"] for it in states["Run"]["Catch"] if it["ErrorEquals"] == ["States.ALL"])
    assert states[given_up]["Resource"].endswith(":states:::sqs:sendMessage")
    assert states[given_up]["Parameters"]["QueueUrl"].endswith("/junkos-prod-dead-letters")
    assert states[given_up]["Parameters"]["MessageBody"]["event.$"] == "$$.Execution.Input"
    assert states[states[given_up]["Next"]] == {
        "Type": "Fail",
        "Error": "FunctionFailed",
        "Cause": "The function failed each time: see its log; the event waits among the dead letters.",
    }


def test_answer_that_is_too_long_to_hand_on_is_one(definition):
    (caught,) = (it for it in definition["States"]["Run"]["Catch"] if it["ErrorEquals"] == ["States.DataLimitExceeded"])
    assert definition["States"][caught["Next"]]["Type"] == "Succeed"


def test_small_job_orders_nothing(definition):
    choice = definition["States"]["Too large?"]
    assert choice["Choices"] == [{"Variable": "$.too_large", "IsPresent": True, "Next": "Order"}]
    assert definition["States"][choice["Default"]]["Type"] == "Succeed"


def test_every_failure_of_a_step_goes_on_to_the_end(definition):
    states = definition["States"]
    for step in ("Order", "Look"):
        assert states[step]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "End"}]
        assert states[step]["Next"] == "Where?"
    assert states["Where?"]["Default"] == "End"
    known = {it["StringEquals"]: it["Next"] for it in states["Where?"]["Choices"]}
    assert known == {Phase.RUNNING: "Wait", Phase.WAITING: "Wait for capacity", Phase.ELSEWHERE: "Done"}
    assert (states["Wait"]["Next"], states["Wait for capacity"]["Next"]) == ("Look", "Order")
    assert states["End"]["Next"] == "Failed?"
    assert states["Failed?"]["Choices"][0]["Next"] == "Failed"
    endings = {name for name, state in states.items() if state.get("End") or state["Type"] in ("Fail", "Succeed")}
    assert endings == {"Done", "Failed", "Function failed"}


def test_refused_termination_is_tried_for_long(definition):
    (retry,) = (it for it in definition["States"]["End"]["Retry"] if it["ErrorEquals"] == ["States.ALL"])
    assert retry["MaxAttempts"] >= 10


def test_run_is_over_before_it_is_a_leftover(definition):
    """And its history has room for a look each minute: ten events each, of 25 000."""
    limit = load("prod").backups.large_runs.time_limit_hours * HOURS
    assert limit < definition["TimeoutSeconds"] <= limit + LEFTOVER.total_seconds()
    assert 24 * HOURS / definition["States"]["Wait"]["Seconds"] * 10 < 25_000


def test_job_is_what_the_function_reads(definition, name):
    """All of it is known: what the state machine says is what `order` decodes."""
    written = definition["States"]["Order"]["Parameters"]["job"]
    job = Job.from_json(json.dumps(written))
    assert f"junkos-prod-{job.function.replace('_', '-')}" == name
    assert len(job.subnets) == 2
    assert job.disk_gb == SYSTEM_GB
    assert job.disk_share == (2.25 if job.function == "restore_verification" else 0)


def test_instance_gets_what_the_function_has(prod, definition, name):
    """The same code, layers and variables, and botocore, which a runtime brings."""
    (function,) = (it for it in of_type(prod, "AWS::Lambda::Function").values() if it["FunctionName"] == name)
    job = definition["States"]["Order"]["Parameters"]["job"]
    assert job["code"].endswith(function["Code"]["S3Key"])
    layers = {key[1]: it for key, it in of_type(prod, "AWS::Lambda::LayerVersion").items() if "backups" in key[0]}
    keys = [layers[it["Ref"]]["Content"]["S3Key"] for it in function["Layers"]]
    (sdk,) = (it["Content"]["S3Key"] for it in layers.values() if it["LayerName"].endswith("-sdk"))
    assert sorted(url.rpartition("/")[2] for url in job["layers"]) == sorted([*keys, sdk])
    assert job["variables"].keys() == function["Environment"]["Variables"].keys()


def test_script_has_room_for_all_settings(definition):
    """With a function's whole room for settings and a long event it is what EC2 takes."""
    job = definition["States"]["Order"]["Parameters"]["job"]
    script = user_data(
        Instructions(
            function=job["function"],
            event=json.dumps({"detail": "x" * 2000}),
            variables={"SETTINGS": "x" * 4096},
            code=job["code"],
            layers=tuple(job["layers"]),
            python="3.13",
            region="us-east-1",
            results=f"s3://{'b' * 63}/{folder_of(job['function'], 'arn:' + 'x' * 80)}",
            seconds=86_400,
        )
    )
    assert len(script.encode()) < LARGEST


def test_instance_is_closed_and_ends_by_itself(prod, name):
    """No key, no script in the template, metadata by token from the instance alone, an encrypted disk that goes too."""
    (template,) = (
        it["LaunchTemplateData"]
        for it in of_type(prod, "AWS::EC2::LaunchTemplate").values()
        if it["LaunchTemplateName"] == name
    )
    assert template["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 1,
    }
    assert template["InstanceInitiatedShutdownBehavior"] == "terminate"
    assert template["InstanceType"] == INSTANCE_TYPES["arm64"]
    assert template["ImageId"].startswith("resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-")
    assert template["ImageId"].endswith("-arm64")
    (disk,) = template["BlockDeviceMappings"]
    assert disk["DeviceName"] == DEVICE
    assert disk["Ebs"]["Encrypted"]
    assert disk["Ebs"]["DeleteOnTermination"]
    assert template.keys() == {
        "BlockDeviceMappings",
        "IamInstanceProfile",
        "ImageId",
        "InstanceInitiatedShutdownBehavior",
        "InstanceType",
        "MetadataOptions",
    }


def test_only_our_instances_are_made_and_ended(prod):
    """Of our launch templates, with our tags, in our subnets, without a public address; ended by the same tags."""
    tags = {"purpose": "large-run", "service": "junkos", "environment": "prod"}
    requested = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    for statement in ec2_statements(prod):
        text, conditions = json.dumps(statement["Resource"]), statement.get("Condition", {})
        match statement["Action"]:
            case "ec2:DescribeInstances":
                assert statement["Resource"] == "*"
            case "ec2:TerminateInstances":
                assert conditions == {"StringEquals": {f"aws:ResourceTag/{key}": it for key, it in tags.items()}}
            case "ec2:CreateTags":
                assert conditions == {"StringEquals": {"ec2:CreateAction": "RunInstances", **requested}}
            case "iam:PassRole":
                assert conditions == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
                assert "*" not in text
            case "ec2:RunInstances" if "*" in text:
                assert len(conditions["ArnEquals"]["ec2:LaunchTemplate"]) == 2
                if "instance/*" in text:
                    assert conditions["StringEquals"] == requested
                if "network-interface" in text:
                    assert conditions["Bool"] == {"ec2:AssociatePublicIpAddress": "false"}
            case "ec2:RunInstances":
                assert not conditions
            case other:
                pytest.fail(f"{other} is not known here")


def test_run_is_allowed_on_all_that_aws_asks_for(prod):
    """By the service authorization reference."""
    resources = [it["Resource"] for it in ec2_statements(prod) if it["Action"] == "ec2:RunInstances"]
    text = json.dumps(resources)
    for kind in ("image", "instance", "network-interface", "security-group", "subnet", "volume", "launch-template"):
        assert f"{kind}/" in text, kind


def test_instance_may_what_its_function_may(permissions):
    """And fetch its code by the very keys, and write into the folder of its runs."""
    for folder in JOBS:
        instance = f"{folder.replace('_', '-')}-instance"
        granted = {(it.action, it.resource) for it in permissions.grants if it.holder == instance}
        function = {(it.action, it.resource) for it in permissions.grants if it.holder == folder}
        of_lambda = {it for it in function if it[0].startswith(("logs:", "sqs:", "ec2:"))}
        more = granted - function
        assert granted >= function - of_lambda
        assert {action for action, _ in more} <= {"s3:GetObject", "s3:PutObject"}
        for action, resource in more:
            if action == "s3:PutObject":
                assert resource == f"backups/_runs/{folder.replace('_', '-')}/*"
            else:
                assert resource.endswith(".zip")


def test_only_ec2_takes_the_instances_roles(prod):
    for role in of_type(prod, "AWS::IAM::Role").values():
        if role["RoleName"].endswith("-instance"):
            (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
            assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}


def endpoints(prod, stack):
    found = of_type(prod, "AWS::EC2::VPCEndpoint").items()
    return [
        it for (of_stack, _), it in found if of_stack == stack and json.dumps(it["ServiceName"]).endswith('.s3"]]}')
    ]


def test_proof_reaches_what_it_starts_from_and_nothing_else(prod):
    """Backups by their bucket; the CDK's uploads and Amazon Linux's packages to read."""
    (endpoint,) = endpoints(prod, "junkos-prod-backups")
    ours, packages, assets = endpoint["PolicyDocument"]["Statement"]
    assert "Bucket" in json.dumps(ours["Resource"])
    for statement in (packages, assets):
        assert statement["Action"] == "s3:GetObject"
    assert "al2023-repos-" in json.dumps(packages["Resource"])
    assert "cdk-" in json.dumps(assets["Resource"])
    account = {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    assert (ours["Condition"], assets["Condition"]) == (account, account)
    groups = {json.dumps(it) for it in as_list(endpoint["RouteTableIds"])}
    assert len(groups) == 2


def test_backup_reaches_amazon_linux_too(prod):
    (endpoint,) = endpoints(prod, "junkos-prod-database")
    resources = [it["Resource"] for it in endpoint["PolicyDocument"]["Statement"]]
    assert "al2023-repos-" in json.dumps(resources[-1])
    assert len(resources) == 2


def test_what_breaks_off_is_ended_by_a_rule(prod):
    rules = [it for it in of_type(prod, "AWS::Events::Rule").values() if "EventPattern" in it]
    (rule,) = (it for it in rules if it["EventPattern"].get("source") == ["aws.states"])
    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    assert len(rule["EventPattern"]["detail"]["stateMachineArn"]) == 2
    assert "largerun" in json.dumps(rule["Targets"])
    assert rule["Targets"][0]["DeadLetterConfig"]


def test_leftovers_are_looked_for_each_hour(prod):
    schedules = {it["Name"]: it for it in of_type(prod, "AWS::Scheduler::Schedule").values()}
    reap = schedules["junkos-prod-large-run-reap"]
    assert reap["ScheduleExpression"] == "rate(1 hour)"
    assert json.loads(reap["Target"]["Input"]) == {"step": "reap"}


@pytest.mark.slow
def test_no_alarm_is_added(prod, without):
    """A failed large run is an error of its function, whose alarm there is."""
    names = {it["AlarmName"] for it in of_type(prod, "AWS::CloudWatch::Alarm").values()}
    assert names == {it["AlarmName"] for it in of_type(without, "AWS::CloudWatch::Alarm").values()}
    assert {f"{PROOF}-errors", f"{BACKUP}-errors"} <= names


@pytest.mark.slow
def test_switched_off_nothing_of_it_is_there(without):
    kinds = {one["Type"] for one in without.values()}
    assert not {"AWS::EC2::LaunchTemplate", "AWS::StepFunctions::StateMachine", "AWS::IAM::InstanceProfile"} & kinds
    schedules = {it["Name"]: it for it in of_type(without, "AWS::Scheduler::Schedule").values()}
    assert schedules[BACKUP]["Target"]["Arn"]["Fn::GetAtt"][0].startswith("databasebackupFunction")
    for function in of_type(without, "AWS::Lambda::Function").values():
        assert not {"LARGE_RUNS", "FUNCTION_LIMIT_BYTES"} & function["Environment"]["Variables"].keys()
    assert "al2023" not in json.dumps(list(without.values()))


@pytest.mark.slow
def test_database_outside_a_vpc_has_large_proofs_only():
    """Its backup is the function's, as far as it comes: an instance would have no network to reach it from."""
    assert load("local").database.mode == "external"
    local = resources_of(synthesized("local"))
    machines = {it["StateMachineName"] for it in of_type(local, "AWS::StepFunctions::StateMachine").values()}
    assert machines == {"junkos-local-restore-verification"}
    functions = {it["Handler"].split(".")[1]: it for it in of_type(local, "AWS::Lambda::Function").values()}
    assert "FUNCTION_LIMIT_BYTES" not in functions["database_backup"]["Environment"]["Variables"]
