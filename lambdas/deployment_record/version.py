"""The version that was deployed, out of what AWS says of a stack, a deployment or a task definition; pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_DESCRIBED = re.compile(r"\brelease\s*[:= ]\s*(?P<version>[^\s,;]{1,200})", re.IGNORECASE)
_MOVING: Final = ("latest", "stable", "main", "master")
"""Tags of images that name no version."""


def in_stack(stack: Mapping[str, Any], tag: str) -> str | None:
    """The value of its tag."""
    return _tagged(((each["Key"], each["Value"]) for each in stack.get("Tags", ())), tag)


def in_codedeploy(deployment: Mapping[str, Any]) -> str | None:
    """`release 1.2.3` (or `release: 1.2.3`) in the description, else the commit of GitHub."""
    described = _DESCRIBED.search(deployment.get("description") or "")
    if described:
        return described["version"]
    commit = deployment.get("revision", {}).get("gitHubLocation", {}).get("commitId")
    return str(commit) if commit else None


def in_task_definition(definition: Mapping[str, Any], tags: Iterable[Mapping[str, str]], tag: str) -> str | None:
    """The value of its tag, else the tag of the image of its first essential container."""
    tagged = _tagged(((each["key"], each["value"]) for each in tags), tag)
    containers = [each for each in definition["containerDefinitions"] if each.get("essential", True)]
    return tagged or (_of_image(containers[0]["image"]) if containers else None)


def _tagged(tags: Iterable[tuple[str, str]], name: str) -> str | None:
    return next((value for key, value in tags if key.lower() == name.lower() and value), None)


def _of_image(image: str) -> str | None:
    """`registry:5000/shop/api:1.2.3@sha256:…`: what stands behind the last part's colon."""
    _, colon, version = image.partition("@")[0].rpartition("/")[2].partition(":")
    return version if colon and version not in _MOVING else None
