"""The master user's credentials go from the secret to the function beside the database, and nowhere else."""

import io
import json
import logging

import pytest

from lambdas.database_access.give_access import AccessError, give_access
from lambdas.database_access.settings import Settings
from lambdas.shared.observability import logger

PASSWORD = "hunter2-c0rrect-horse"
SETTINGS = Settings(environment="test", master_secret="arn:secret", bootstrap_function="junkos-test-database-bootstrap")
OUTCOME = {
    "login": "junkos_monitor",
    "server_version": "18.6",
    "changed": ["role made", "rds_iam granted"],
    "refused": [],
}


class Secrets:
    def __init__(self, text):
        self.text = text

    def get_secret_value(self, *, SecretId):  # noqa: N803  (boto3's own word)
        assert SecretId == SETTINGS.master_secret
        return {"SecretString": self.text}


class Functions:
    def __init__(self, payload, *, error=None):
        self.payload, self.error, self.invoked = payload, error, []

    def invoke(self, **request):
        self.invoked.append(request)
        failure = {"FunctionError": self.error} if self.error else {}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(self.payload).encode()), **failure}


@pytest.fixture
def secrets():
    return Secrets(json.dumps({"username": "master", "password": PASSWORD, "host": "not.of.interest"}))


@pytest.fixture(autouse=True)
def no_password_in_logs(caplog):
    level = logger.log_level
    logger.setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield
    logger.setLevel(level)
    assert PASSWORD not in caplog.text


def test_function_passes_credentials_only(secrets):
    """The other function gets the credentials and nothing else."""
    functions = Functions(OUTCOME)
    give_access(SETTINGS, secrets, functions)

    (request,) = functions.invoked
    assert request["FunctionName"] == SETTINGS.bootstrap_function
    assert json.loads(request["Payload"]) == {"username": "master", "password": PASSWORD}
    assert "LogType" not in request


def test_outcome_is_reported_without_password(secrets):
    """What became of it is sent without the password."""
    attributes = give_access(SETTINGS, secrets, Functions(OUTCOME))

    assert attributes == {
        "Login": "junkos_monitor",
        "ServerVersion": "18.6",
        "Changed": "role made; rds_iam granted",
        "Refused": "nothing",
    }


def test_failure_reason_has_no_trace(secrets):
    """The reason of a failure is sent and its trace is not."""
    error = {"errorMessage": "password authentication failed", "errorType": "BootstrapError", "stackTrace": [PASSWORD]}
    functions = Functions(error, error="Unhandled")

    with pytest.raises(AccessError) as failure:
        give_access(SETTINGS, secrets, functions)
    assert str(failure.value) == "junkos-test-database-bootstrap failed: password authentication failed"


def test_death_without_reason_is_failure(secrets):
    """A function that dies without a reason is a failure."""
    with pytest.raises(AccessError, match="gave no reason"):
        give_access(SETTINGS, secrets, Functions(None, error="Unhandled"))


@pytest.mark.parametrize("text", [PASSWORD, json.dumps(PASSWORD), json.dumps([PASSWORD])])
def test_malformed_secret_is_not_repeated(text):
    """A secret of another form is refused and not repeated."""
    with pytest.raises(AccessError, match="is not a JSON object with username and password") as failure:
        give_access(SETTINGS, Secrets(text), Functions(OUTCOME))
    assert PASSWORD not in str(failure.value)
