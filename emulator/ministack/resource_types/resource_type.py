"""How a CloudFormation resource type is added to those that MiniStack provisions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Attributes = dict[str, Any]


@dataclass(frozen=True)
class ResourceType(ABC):
    """One type: its properties as the CloudFormation schema lists them, and what provisioning it does.

    A change of a `replacing` property makes a new resource, any other one updates in place.
    """

    name: str
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    replacing: frozenset[str] = frozenset()

    @abstractmethod
    def create(self, generated_name: str, properties: Properties) -> tuple[str, Attributes]:
        """Make the resource; returns what `Ref` gives and what `Fn::GetAtt` can read."""

    @abstractmethod
    def update(self, reference: str, old: Properties, new: Properties) -> Attributes: ...

    @abstractmethod
    def delete(self, reference: str, properties: Properties) -> None: ...

    def register(self) -> None:
        provisioners._RESOURCE_HANDLERS[self.name] = {
            "create": self._create,
            "update": self._update,
            "delete": self.delete,
        }
        provisioners._REPLACING_PROPERTIES[self.name] = tuple(sorted(self.replacing))

    def _create(self, logical_id: str, properties: Properties, stack: str) -> tuple[str, Attributes]:
        self._validate(properties)
        return self.create(provisioners._physical_name(stack, logical_id), properties)

    def _update(self, reference: str, old: Properties, new: Properties, _stack: str) -> tuple[str, Attributes]:
        self._validate(new)
        return reference, self.update(reference, old, new)

    def _validate(self, properties: Properties) -> None:
        if missing := self.required - properties.keys():
            raise ValueError(f"{self.name}: required key [{min(missing)}] not found")
        if unknown := properties.keys() - self.required - self.optional:
            raise ValueError(f"{self.name}: extraneous key [{min(unknown)}] is not permitted")


def described(text: str) -> frozenset[str]:
    """Property names from a line of them."""
    return frozenset(text.split())
