"""Who is subscribed."""

import pytest

from lambdas.self_test.invoke import FunctionFailedError
from lambdas.self_test.probes.subscriptions import SUBSCRIPTIONS
from tests.unit.lambdas.self_test.situations import Aws, answer_of, invoked


def asked(answer, **more):
    aws = Aws()
    invoked(aws, "test-alert", {"only": "subscriptions"}, answer, **more)
    return answer_of(SUBSCRIPTIONS, aws)


def test_everybody_is_subscribed():
    assert asked({"lost": {}})[0] == "passed"


def test_who_is_missing_is_said():
    lost = {"people": ["1 e-mail address not confirmed"], "critical": ["1 chat by Amazon Q Developer not subscribed"]}
    assert asked({"lost": lost}) == (
        "failed",
        "people: 1 e-mail address not confirmed; critical: 1 chat by Amazon Q Developer not subscribed",
    )


def test_function_that_fails_is_no_pass():
    with pytest.raises(FunctionFailedError, match="AuthorizationError"):
        asked(None, error="AuthorizationError: not authorized to list")
