"""The packages that a lock file or SBOM names, as purls.

Known are npm's package-lock.json (version 2 and 3, and 1), pip's requirements with exact versions, CycloneDX and SPDX
as JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lambdas.review.dependencies.package_url import is_versioned, purl

MOST: Final = 20_000
"""Packages: more are no file of one backend."""
_DEEPEST: Final = 50
_PINNED = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)", re.MULTILINE)
_MODULES: Final = "node_modules/"


class BadLockFileError(Exception):
    """None of the known forms, or without a single package; one line that says so."""


def packages_in(content: bytes) -> list[str]:
    """Purls, each once, in their order.  Raises BadLockFileError also for a file in which there is nothing to audit."""
    text = content.decode("utf-8", "replace")
    named = _of_json(text) if text.lstrip().startswith("{") else _of_requirements(text)
    found = list(dict.fromkeys(filter(is_versioned, named)))
    if not found:
        raise BadLockFileError("no package with an exact version was found in it")
    if len(found) > MOST:
        raise BadLockFileError(f"it names {len(found)} packages, more than {MOST}")
    return found


def _of_requirements(text: str) -> Iterator[str]:
    return (purl("pypi", name, version) for name, version in _PINNED.findall(text))


def _of_json(text: str) -> Iterator[str]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadLockFileError(f"it is no JSON: {type(error).__name__}") from None
    readers = {"lockfileVersion": _of_npm, "bomFormat": _of_cyclonedx, "spdxVersion": _of_spdx}
    reader = next((reader for key, reader in readers.items() if key in document), None)
    if reader is None:
        raise BadLockFileError("it is neither package-lock.json, CycloneDX nor SPDX")
    return reader(document)


def _of_npm(document: Mapping[str, Any]) -> Iterator[str]:
    """What is only for development is not deployed; a link is a folder of the project itself."""
    packages = document.get("packages")
    if not isinstance(packages, dict):
        yield from _of_npm_1(document.get("dependencies"), 0)
        return
    for path, package in packages.items():
        if path and isinstance(package, dict) and not (package.get("dev") or package.get("link")):
            name = package.get("name") or path.rpartition(_MODULES)[2]
            if isinstance(version := package.get("version"), str):
                yield purl("npm", str(name), version)


def _of_npm_1(dependencies: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST or not isinstance(dependencies, dict):
        return
    for name, package in dependencies.items():
        if isinstance(package, dict) and not package.get("dev"):
            if isinstance(version := package.get("version"), str):
                yield purl("npm", name, version)
            yield from _of_npm_1(package.get("dependencies"), depth + 1)


def _of_cyclonedx(document: Mapping[str, Any]) -> Iterator[str]:
    return _components(document.get("components"), 0)


def _components(components: Any, depth: int) -> Iterator[str]:
    for component in _objects(components) if depth <= _DEEPEST else ():
        yield _bare(component.get("purl"))
        yield from _components(component.get("components"), depth + 1)


def _of_spdx(document: Mapping[str, Any]) -> Iterator[str]:
    for package in _objects(document.get("packages")):
        for reference in _objects(package.get("externalRefs")):
            if reference.get("referenceType") == "purl":
                yield _bare(reference.get("referenceLocator"))


def _objects(of: Any) -> list[dict[str, Any]]:
    return [each for each in of if isinstance(each, dict)] if isinstance(of, list) else []


def _bare(text: Any) -> str:
    """A purl without what follows its version."""
    return re.split(r"[?#]", text)[0] if isinstance(text, str) else ""
