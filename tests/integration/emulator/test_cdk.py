"""The real CDK CLI against the embedded account, with an application of a few lines."""

import sys
from textwrap import dedent

import pytest

from emulator import account
from emulator.cdk import Cdk, _reason
from emulator.errors import EmulatorError
from layers.build import NAMES
from layers.wheels import LayerError

APPLICATION = """
    import aws_cdk, json
    from aws_cdk import aws_lambda, aws_sns
    app = aws_cdk.App()
    settings = json.load(open("{settings}"))
    stack = aws_cdk.Stack(app, "small")
    aws_lambda.Function(
        stack, "Function", runtime=aws_lambda.Runtime.PYTHON_3_13, handler="code.handler",
        code=aws_lambda.Code.from_asset("{code}"), function_name=app.node.get_context("environment"),
        description=settings["description"],
    )
    if settings["broken"]:
        aws_cdk.CfnResource(
            stack, "Broken", type="AWS::CloudWatch::CompositeAlarm", properties={{"AlarmRule": "ALARM(nobody)"}}
        )
    app.synth()
"""


class App:
    def __init__(self, folder):
        self.code, self.file, self._settings = folder / "code", folder / "app.py", folder / "settings.json"
        self.code.mkdir()
        (self.code / "code.py").write_text("def handler(event, context):\n    return 'deployed'")
        self.file.write_text(dedent(APPLICATION.format(code=self.code, settings=self._settings)))

    def set(self, description, broken="false"):
        self._settings.write_text(f'{{"description": "{description}", "broken": {broken}}}')


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return App(tmp_path_factory.mktemp("app"))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with account.running(tmp_path_factory.mktemp("account")) as running:
        yield running


@pytest.fixture(scope="module")
def shown():
    return []


@pytest.fixture(scope="module")
def cdk(running, app, shown, tmp_path_factory):
    cdk = Cdk(
        running.client_environment(),
        tmp_path_factory.mktemp("cdk"),
        application=f"{sys.executable} {app.file}",
        report=shown.append,
    )
    cdk.bootstrap()
    return cdk


@pytest.mark.slow
def test_stack_life_cycle(cdk, app, client, shown):
    """A stack is deployed updated rolled back and destroyed."""
    function = client("lambda")

    def description():
        return function.get_function(FunctionName="small-one")["Configuration"]["Description"]

    app.set("first")
    cdk.synthesize("small-one")
    cdk.deploy()
    assert function.invoke(FunctionName="small-one")["Payload"].read() == b'"deployed"'
    app.set("second")
    cdk.synthesize("small-one")
    cdk.deploy()
    assert description() == "second"
    app.set("third", broken="true")
    cdk.synthesize("small-one")
    with pytest.raises(EmulatorError, match=r"cdk deploy failed: .*nobody] in the alarm rule do not exist"):
        cdk.deploy()
    assert description() == "second"
    cdk.destroy()
    assert function.list_functions()["Functions"] == []
    assert next(line for line in shown if "small" in line).endswith("small")


@pytest.mark.slow
def test_synthesis_error_is_reported(cdk, app):
    """An application that cannot be synthesized is reported with its error."""
    app.file.write_text("raise SystemExit('ValueError: environments/local.toml: no such key')")
    with pytest.raises(EmulatorError, match=r"cdk synth failed: ValueError: environments/local.toml: no such key"):
        cdk.synthesize("small-one")


def test_assets_are_fetched_by_own_means(monkeypatch, tmp_path):
    """The CDK's environment has neither its certificates nor its proxy, nor its settings of npm."""
    done = []
    monkeypatch.setattr("emulator.cdk.build", lambda name, *_: done.append(name))
    monkeypatch.setattr(Cdk, "_run", lambda _, command, *__: done.append(command))
    Cdk({}, tmp_path).synthesize("local")
    assert done == [*NAMES, "synth"]


def test_what_cannot_be_fetched_is_the_reason(monkeypatch, tmp_path):
    def fail(*_):
        raise LayerError("npm could not fetch it: no route")

    monkeypatch.setattr("emulator.cdk.build", fail)
    with pytest.raises(EmulatorError, match=r"^npm could not fetch it: no route$"):
        Cdk({}, tmp_path).synthesize("local")


def test_application_error_is_the_reason():
    """An error of the application is the reason and not what was said before it."""
    lines = ["Unknown option(s): --progress.", "Traceback (most recent call last):", "layers.wheels.LayerError: no npm"]
    assert _reason(lines) == "layers.wheels.LayerError: no npm"
