"""The synthesized templates of one environment, and the references between their resources."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import aws_cdk

from stacks.application import app_of
from stacks.settings import Environment


@dataclass(frozen=True, eq=False)
class Resource:
    """One of a template; each is itself and equal to no other."""

    stack: str
    identifier: str
    kind: str
    """The CloudFormation type."""
    properties: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier} of {self.stack}"


@dataclass(frozen=True)
class Templates:
    """By stack."""

    documents: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, environment: Environment) -> Self:
        """Synthesize them; makes no AWS call."""
        with tempfile.TemporaryDirectory() as directory:
            return cls.in_assembly(app_of(environment, directory).synth())

    @classmethod
    def in_assembly(cls, assembly: aws_cdk.cx_api.CloudAssembly) -> Self:
        """Those that were synthesized."""
        files = {stack.stack_name: Path(stack.template_full_path) for stack in assembly.stacks}
        return cls({stack: json.loads(file.read_text()) for stack, file in files.items()})

    @cached_property
    def resources(self) -> list[Resource]:
        return [
            Resource(stack, identifier, one["Type"], one.get("Properties", {}))
            for stack, document in self.documents.items()
            for identifier, one in document["Resources"].items()
        ]

    def of_type(self, kind: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.kind == kind]

    def referred_to(self, stack: str, value: object) -> list[Resource]:
        """Every resource that `value`, a property in a template of `stack`, refers to, here or in another stack."""
        found = {(one.stack, one.identifier): one for one in self.resources}
        return [found[key] for key in self._keys(stack, value) if key in found]

    def _keys(self, stack: str, value: object) -> Iterator[tuple[str, str]]:
        match value:
            case {"Ref": str(identifier)}:
                yield stack, identifier
            case {"Fn::GetAtt": [str(identifier), *_]}:
                yield stack, identifier
            case {"Fn::GetStackOutput": {"StackName": str(owner), "OutputName": str(name)}}:
                yield from self._keys(owner, self.documents[owner]["Outputs"][name]["Value"])
            case dict():
                for inner in value.values():
                    yield from self._keys(stack, inner)
            case list():
                for inner in value:
                    yield from self._keys(stack, inner)
