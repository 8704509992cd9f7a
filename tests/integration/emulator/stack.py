"""A CloudFormation stack on the embedded account, as the tests handle it."""

import json

from botocore.exceptions import ClientError

from tests.integration.emulator.waiting import until


class Stack:
    def __init__(self, client, name="stack"):
        self._formation, self.name = client("cloudformation"), name

    def create(self, resources, outputs=None, exports=None):
        self._formation.create_stack(StackName=self.name, TemplateBody=template(resources, outputs, exports))
        return self.state()

    def update(self, resources, outputs=None, exports=None):
        self._formation.update_stack(StackName=self.name, TemplateBody=template(resources, outputs, exports))
        return self.state()

    def state(self):
        return until(self._state_at_rest)

    def _state_at_rest(self):
        (stack,) = self._formation.describe_stacks(StackName=self.name)["Stacks"]
        if stack["StackStatus"].endswith("_IN_PROGRESS"):
            return None
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        return stack["StackStatus"], outputs

    def reasons(self):
        events = self._formation.describe_stack_events(StackName=self.name)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def delete(self):
        self._formation.delete_stack(StackName=self.name)
        until(self._is_deleted)

    def _is_deleted(self):
        try:
            (stack,) = self._formation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError:
            return True
        return stack["StackStatus"] == "DELETE_COMPLETE"


def template(resources, outputs=None, exports=None):
    """A template as JSON; `outputs` and `exports` are values by name."""
    described = {name: {"Value": value} for name, value in (outputs or {}).items()}
    exported = {name: {"Value": value, "Export": {"Name": name}} for name, value in (exports or {}).items()}
    return json.dumps({"Resources": resources, "Outputs": described | exported})
