"""The audit of dependencies: of the packages in this system's own layers, and of the backend's lock file.

What a package bundles (PostgreSQL's programs, OpenSSL) is not looked into: OSV knows packages by their names.
"""

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from lambdas.review import dependencies
from lambdas.review.dependencies.lock_file import BadLockFileError, packages_in
from lambdas.review.dependencies.osv import Vulnerability, vulnerabilities
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Inline, Link, Table, Text
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted, moment
from lambdas.shared.reports import Reports
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State

PINS: Final = "pins.json"
LARGEST: Final = 20_000_000
"""Bytes of a lock file or SBOM."""
_LISTED: Final = 100
_SOURCE: Final = "OSV: querybatch"


def audited(packages: Sequence[str], where: str) -> Found:
    """What OSV knows of these packages.  Raises UnknownError where it does not answer, or there are none."""
    found = vulnerabilities(packages)
    return Found(
        State.ATTENTION if found else State.GOOD,
        f"{counted(len(found), 'known vulnerability') if len(found) == 1 else f'{len(found)} known vulnerabilities'}"
        f" in {counted(len(packages), 'package')}",
        (
            Figure("packages", "Packages", len(packages), str(len(packages)), where),
            Figure("vulnerabilities", "Known vulnerabilities", len(found), str(len(found)), _SOURCE),
        ),
        (Table(("Package", "Vulnerability", "Severity", "Fixed in", "What"), tuple(map(_row, found[:_LISTED]))),)
        if found
        else (),
    )


def _row(of: Vulnerability) -> tuple[Inline, ...]:
    fixed = ", ".join(map(one_line, of.fixed)) or "no version"
    return one_line(of.package), Link(one_line(of.id), of.url), one_line(of.severity), fixed, one_line(of.summary)


def own_packages() -> list[str]:
    """Purls of what the layers hold, as their pins say."""
    packages: list[str] = json.loads(importlib.resources.files(dependencies).joinpath(PINS).read_text())
    return packages


def _own(_situation: Situation) -> Found:
    return audited(own_packages(), "the pins of the layers, as deployed")


def _backend(situation: Situation) -> Found:
    where = str(situation.settings.lock_file)
    bucket, _, key = where.removeprefix("s3://").partition("/")
    answer = situation.client("s3").get_object(Bucket=bucket, Key=key)
    content = answer["Body"].read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UnknownError(f"{where} is larger than {LARGEST} bytes")
    try:
        return audited(packages_in(content), f"{where}, of {moment(answer['LastModified'])}")
    except BadLockFileError as error:
        raise UnknownError(f"{where}: {error}") from None


def _newest(situation: Situation) -> Found:
    """The quarter's audit, by its report."""
    reports = Reports(situation.client("s3"), situation.settings.reports)
    stored = reports.newest(Kind.DEPENDENCIES, situation.at, situation.at - situation.span.since)
    if stored is None:
        raise UnknownError(f"no audit was made in this time (ops {situation.here.name} review dependencies)")
    sections = json.loads(stored.body)["sections"]
    source = f"bucket {situation.settings.reports}: {stored.folder}"
    worst = min((State(each["state"]) for each in sections), key=list(State).index)
    return Found(
        worst,
        "; ".join(f"{each['heading']}: {each['summary']}" for each in sections),
        tuple(_figures(sections, source)),
        (*_tables(sections), Text(f"Audited on {moment(stored.at)}.")),
    )


def _figures(sections: Sequence[Mapping[str, Any]], source: str) -> list[Figure]:
    return [
        Figure(f"{each['name']}_{name}", f"{each['heading']}: {of['label'].lower()}", of["value"], of["shown"], source)
        for each in sections
        for name, of in each["figures"].items()
    ]


def _tables(sections: Sequence[Mapping[str, Any]]) -> list[Table]:
    return [
        Table(tuple(table["headings"]), tuple(map(tuple, table["rows"])))
        for each in sections
        for table in each["tables"]
    ]


OWN_DEPENDENCIES = Section("own", "This system's own packages", _own)
BACKEND_DEPENDENCIES = Section(
    "backend",
    "The backend's packages",
    _backend,
    lambda situation: "" if situation.settings.lock_file else "no lock_file is named in [reviews]",
)
DEPENDENCIES = Section("dependencies", "Dependency audit", _newest)
