"""OSV's database of vulnerabilities: which of some packages have known ones.

https://google.github.io/osv.dev/post-v1-querybatch/, https://ossf.github.io/osv-schema/
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from lambdas.review.section import UnknownError
from lambdas.shared.delivery_errors import DeliveryError
from lambdas.shared.post import Request, post

URL: Final = "https://api.osv.dev/v1"
BATCH: Final = 1000
"""Queries of one request, OSV's limit."""
_MOST_PAGES: Final = 50
"""Of one batch."""
MOST_DETAILS: Final = 200
"""Vulnerabilities that are looked up one by one."""
_TIMEOUT: Final = 30.0
_LONGEST: Final = 8_000_000
"""Bytes of one answer."""
_NOT_SAID: Final = "not said"

Ask = Callable[[str, Mapping[str, Any] | None], Any]
"""A path below `URL` and what is posted to it (None: it is got), and the answer."""


@dataclass(frozen=True)
class Vulnerability:
    id: str
    package: str
    """As a purl."""
    summary: str = ""
    severity: str = _NOT_SAID
    fixed: tuple[str, ...] = ()
    """Versions in which it is mended."""
    aliases: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"https://osv.dev/vulnerability/{quote(self.id, safe='')}"


def ask(path: str, posted: Mapping[str, Any] | None) -> Any:
    """Raises UnknownError where OSV does not answer, or not with JSON."""
    body = json.dumps(posted).encode() if posted is not None else b""
    request = Request(
        f"{URL}/{path}", body, {"Content-Type": "application/json"}, method="POST" if posted is not None else "GET"
    )
    try:
        answer = post(request, timeout=_TIMEOUT, wants_answer=True, answer_at_most=_LONGEST)
        return json.loads(answer)
    except DeliveryError as error:
        raise UnknownError(f"OSV did not answer ({error})") from None
    except ValueError:
        raise UnknownError("OSV answered no JSON, or more than is read") from None


def vulnerabilities(packages: Sequence[str], asking: Ask = ask) -> list[Vulnerability]:
    """Of all packages, each once however many names it has.  Raises UnknownError: a part of an answer is none."""
    if not packages:
        raise UnknownError("there is no package to ask for")
    found: dict[tuple[str, str], None] = {}
    for first in range(0, len(packages), BATCH):
        found |= dict.fromkeys(_of_batch(packages[first : first + BATCH], asking))
    details = {name: asking(f"vulns/{quote(name, safe='')}", None) for name in _first(found, MOST_DETAILS)}
    each = [_described(name, package, details.get(name)) for package, name in found]
    return _without_aliases(each)


def _of_batch(packages: Sequence[str], asking: Ask) -> Iterable[tuple[str, str]]:
    """Packages and the Ids of their vulnerabilities; a query with further pages is asked again, alone with such."""
    waiting = [({"package": {"purl": package}}, package) for package in packages]
    for _ in range(_MOST_PAGES):
        results = _results(asking("querybatch", {"queries": [query for query, _ in waiting]}), len(waiting))
        further = []
        for (_, package), result in zip(waiting, results, strict=True):
            for vulnerability in result.get("vulns") or ():
                yield package, str(vulnerability["id"])
            if token := result.get("next_page_token"):
                further.append(({"package": {"purl": package}, "page_token": token}, package))
        if not further:
            return
        waiting = further
    raise UnknownError(f"OSV's answer has more than {_MOST_PAGES} pages")


def _results(answer: Any, wanted: int) -> list[dict[str, Any]]:
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != wanted or not all(isinstance(each, dict) for each in results):
        raise UnknownError("OSV answered for another number of packages than it was asked for")
    return results


def _first(found: Iterable[tuple[str, str]], most: int) -> list[str]:
    return list(islice(dict.fromkeys(name for _, name in found), most))


def _described(name: str, package: str, details: Any) -> Vulnerability:
    if not isinstance(details, dict):
        return Vulnerability(name, package)
    own = package.rpartition("@")[0]
    return Vulnerability(
        name,
        package,
        str(details.get("summary") or details.get("details") or ""),
        _severity(details),
        tuple(dict.fromkeys(_fixed(details, own))),
        tuple(map(str, details.get("aliases") or ())),
    )


def _severity(details: Mapping[str, Any]) -> str:
    """In the words of the database that it comes from; else the vector of CVSS as it is."""
    said = (details.get("database_specific") or {}).get("severity")
    vectors = [str(each.get("score")) for each in details.get("severity") or () if isinstance(each, dict)]
    return str(said).lower() if said else next(iter(vectors), _NOT_SAID)


def _fixed(details: Mapping[str, Any], own: str) -> Iterable[str]:
    for affected in details.get("affected") or ():
        if (affected.get("package") or {}).get("purl", own).partition("?")[0] != own:
            continue
        for part in affected.get("ranges") or ():
            for event in part.get("events") or () if part.get("type") != "GIT" else ():
                if "fixed" in event:
                    yield str(event["fixed"])


def _without_aliases(found: Iterable[Vulnerability]) -> list[Vulnerability]:
    """One of several records of the same vulnerability of a package: the one with a severity in words."""
    ordered = sorted(found, key=lambda each: (each.severity == _NOT_SAID or ":" in each.severity, each.id))
    kept: list[Vulnerability] = []
    for each in ordered:
        same = (other for other in kept if other.package == each.package)
        if not any({each.id, *each.aliases} & {other.id, *other.aliases} for other in same):
            kept.append(each)
    return kept
