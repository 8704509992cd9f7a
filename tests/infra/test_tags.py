"""Tags of an environment are on all that is made."""

import tempfile

import pytest

from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of

pytestmark = pytest.mark.slow


def test_tags_are_on_buckets_and_stacks():
    """An environments tags are on every bucket and stack."""
    tagged = load("prod").model_copy(update={"tags": {"team": "backend"}})
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(folder)
        compose(app, tagged)
        assembly = app.synth()
        expected = {"team": "backend", "service": "junkos", "environment": "prod"}
        assert all(stack.tags == expected for stack in assembly.stacks)
        for bucket in of_type(resources_of(assembly), "AWS::S3::Bucket").values():
            assert expected.items() <= {tag["Key"]: tag["Value"] for tag in bucket["Tags"]}.items()
