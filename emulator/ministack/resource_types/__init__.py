"""CloudFormation resource types beyond those of MiniStack; types in neither list stay refused."""

from emulator.ministack.resource_types import of_observation, of_services, recorded, security_group_rules

TYPES = (*of_observation.TYPES, *of_services.TYPES, *recorded.TYPES, *security_group_rules.TYPES)


def register() -> None:
    for resource_type in TYPES:
        resource_type.register()
