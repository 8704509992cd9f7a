import subprocess
import sys

from lambdas.shared import aws


def test_client_is_bounded():
    config = aws.client("s3", connect_timeout=2, read_timeout=3, attempts=1, connections=7).meta.config
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (2, 3, 7)
    assert config.retries["total_max_attempts"] == 1


def test_clients_have_a_region_of_their_own():
    assert aws.client("sqs", region="eu-west-1").meta.region_name == "eu-west-1"
    assert aws.client("sqs").meta.region_name == "eu-central-1"


def test_botocore_is_imported_with_the_first_client():
    code = "import sys, lambdas.shared.aws, lambdas.shared.stored_values; sys.exit('botocore' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_function_imports_boto3():
    """It costs a cold start 70 ms more than botocore."""
    code = "import sys, lambdas.error_budget.handler; sys.exit('boto3' in sys.modules)"
    variables = {
        "ENVIRONMENT": "test",
        "OBJECTIVES": "[]",
        "LEAST_EVENTS": "1",
        "LEAST_FAILURES": "1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=variables)
