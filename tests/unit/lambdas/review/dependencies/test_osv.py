"""OSV's answers: pages, refusals, and what is no answer."""

import json

import pytest

from lambdas.review.dependencies import osv
from lambdas.review.dependencies.osv import BATCH, MOST_DETAILS, Vulnerability, vulnerabilities
from lambdas.review.section import UnknownError
from lambdas.shared.delivery_errors import RetryError

EXPRESS, ACCEPTS = "pkg:npm/express@4.0.0", "pkg:npm/accepts@1.0.0"
DETAILS = {
    "GHSA-1": {
        "id": "GHSA-1",
        "summary": "Open redirect",
        "aliases": ["CVE-1"],
        "database_specific": {"severity": "HIGH"},
        "affected": [
            {
                "package": {"purl": "pkg:npm/express"},
                "ranges": [
                    {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.1.0"}]},
                    {"type": "GIT", "events": [{"fixed": "abcdef"}]},
                ],
            },
            {"package": {"purl": "pkg:npm/other"}, "ranges": [{"events": [{"fixed": "9"}]}]},
        ],
    },
    "PYSEC-1": {"id": "PYSEC-1", "aliases": ["CVE-1"], "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}]},
    "OSV-2": {"id": "OSV-2", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L"}]},
}


class Osv:
    """Answers batches by package, each a list of pages of Ids."""

    def __init__(self, **pages):
        self.pages = pages
        self.asked = []

    def __call__(self, path, posted):
        self.asked.append((path, posted))
        if posted is None:
            return DETAILS[path.removeprefix("vulns/")]
        return {"results": [self._result(query) for query in posted["queries"]]}

    def _result(self, query):
        pages = self.pages.get(query["package"]["purl"].split("/")[1].split("@")[0], [])
        number = int(query.get("page_token", 0))
        if number >= len(pages):
            return {}
        more = {"next_page_token": str(number + 1)} if number + 1 < len(pages) else {}
        return {"vulns": [{"id": name, "modified": "2026-11-01T00:00:00Z"} for name in pages[number]], **more}


def test_severity_and_fixed_version():
    assert vulnerabilities([EXPRESS, ACCEPTS], Osv(express=[["GHSA-1"]])) == [
        Vulnerability("GHSA-1", EXPRESS, "Open redirect", "high", ("4.1.0",), ("CVE-1",))
    ]


def test_every_page_is_read():
    """Only the query that has further pages is asked again."""
    asking = Osv(express=[["GHSA-1"], ["OSV-2"]], accepts=[["OSV-2"]])
    found = vulnerabilities([EXPRESS, ACCEPTS], asking)
    assert {(each.package, each.id) for each in found} == {(EXPRESS, "GHSA-1"), (EXPRESS, "OSV-2"), (ACCEPTS, "OSV-2")}
    batches = [posted["queries"] for path, posted in asking.asked if path == "querybatch"]
    assert batches[1] == [{"package": {"purl": EXPRESS}, "page_token": "1"}]


def test_endless_pages_are_unknown():
    def endless(_path, posted):
        return {"results": [{"vulns": [], "next_page_token": "again"} for _ in posted["queries"]]}

    with pytest.raises(UnknownError, match="pages"):
        vulnerabilities([EXPRESS], endless)


def test_batches_are_within_the_limit():
    asking = Osv()
    assert vulnerabilities([f"pkg:npm/p{number}@1" for number in range(BATCH + 1)], asking) == []
    assert [len(posted["queries"]) for _, posted in asking.asked] == [BATCH, 1]


def test_one_of_several_records_of_the_same():
    found = vulnerabilities([EXPRESS], Osv(express=[["PYSEC-1", "GHSA-1", "OSV-2"]]))
    assert [(each.id, each.severity) for each in found] == [("GHSA-1", "high"), ("OSV-2", "CVSS:3.1/AV:L")]


def test_nothing_to_ask_for_is_unknown():
    with pytest.raises(UnknownError):
        vulnerabilities([], Osv())


@pytest.mark.parametrize("answer", [None, [], {}, {"results": []}, {"results": [None]}, {"code": 3, "message": "no"}])
def test_answer_of_another_form_is_unknown(answer):
    with pytest.raises(UnknownError, match="another number"):
        vulnerabilities([EXPRESS], lambda *_: answer)


def test_details_are_bounded():
    names = [f"OSV-{number}" for number in range(MOST_DETAILS + 5)]
    asked = []

    def asking(path, posted):
        asked.append(path)
        if posted is None:
            return {"id": path}
        return {"results": [{"vulns": [{"id": name} for name in names]}]}

    assert len(vulnerabilities([EXPRESS], asking)) == len(names)
    assert len(asked) == 1 + MOST_DETAILS


def test_silence_is_unknown(monkeypatch):
    def fail(*_args, **_options):
        raise RetryError("no answer: TimeoutError")

    monkeypatch.setattr(osv, "post", fail)
    with pytest.raises(UnknownError, match=r"OSV did not answer \(no answer: TimeoutError\)"):
        vulnerabilities([EXPRESS])


@pytest.mark.parametrize("body", [b"<html>", json.dumps({"results": [{}]}).encode()[:-1], b""])
def test_cut_answer_is_unknown(monkeypatch, body):
    monkeypatch.setattr(osv, "post", lambda *_args, **_options: body)
    with pytest.raises(UnknownError, match="no JSON"):
        vulnerabilities([EXPRESS])


def test_requests(monkeypatch):
    sent = []

    def send(request, **_options):
        sent.append((request.method, request.url, request.body))
        return json.dumps({"results": [{"vulns": [{"id": "a/../b"}]}]} if request.body else {"id": "x"}).encode()

    monkeypatch.setattr(osv, "post", send)
    vulnerabilities([EXPRESS])
    assert sent == [
        ("POST", f"{osv.URL}/querybatch", json.dumps({"queries": [{"package": {"purl": EXPRESS}}]}).encode()),
        ("GET", f"{osv.URL}/vulns/a%2F..%2Fb", b""),
    ]
