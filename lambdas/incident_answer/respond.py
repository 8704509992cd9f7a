"""From the event of an HTTP API to its answer.

GET and HEAD write nothing and invoke nothing: mail scanners follow each link of a message, and some press what is on
the page.  All that is unsigned or unknown is answered 404.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from lambdas.incident_answer import http, pagerduty, slack
from lambdas.incident_answer.form import BadFormError, Form, form_of, replies_of
from lambdas.incident_answer.http import HttpAnswer
from lambdas.incident_answer.page import STYLE_SHEET, Result, Shown, page
from lambdas.incident_answer.pass_on import Decider, NotPassedOnError
from lambdas.incident_answer.request import Request, request_of
from lambdas.incident_answer.signatures import is_pagerdutys, is_slacks
from lambdas.incident_answer.sources import Sources
from lambdas.shared.incidents.keys import Keys, NoKeysError
from lambdas.shared.incidents.links import Link, Purpose, is_nonce_of, new_nonce, read, read_result, sign_result
from lambdas.shared.observability import logger
from lambdas.shared.on_call.calendar import CONTENT_TYPE, Calendar, feed

RESULT: Final = "result"
"""The parameter of a page's address that says what an answer did, signed."""
_READS: Final = ("GET", "HEAD")


@dataclass(frozen=True)
class Site:
    sources: Sources
    decider: Decider
    prompt_decider: Decider
    """Which gives up within the seconds that other systems wait."""
    name: str
    """How names of this environment begin, such as `junkos-prod`."""
    title: str
    """As people read it, such as `JunkOS prod`."""
    slack_secret: Callable[[], str] | None
    pagerduty_secret: Callable[[], str] | None
    post: slack.Post


def respond(event: Mapping[str, Any], site: Site) -> HttpAnswer:
    request = request_of(event)
    if request is None:
        return http.not_found()
    answers = {
        "GET": {"a": _show, "r": _review, "calendar": _calendar},
        "POST": {"a": _take_form, "slack": _take_button, "pagerduty": _take_webhook},
    }
    work = answers.get("GET" if request.method in _READS else request.method, {}).get(request.route)
    try:
        answer = work(request, site) if work else http.not_found()
    except NoKeysError:  # nothing was signed yet, so nothing that is asked for can be ours
        answer = http.not_found()
    return http.without_body(answer) if request.method == "HEAD" else answer


def _show(request: Request, site: Site) -> HttpAnswer:
    keys = site.sources.keys()
    link = read(keys, request.token, site.sources.clock())
    view = site.sources.view(link.incident) if link else None
    if link is None or view is None:
        return http.not_found()
    people = tuple(each.name for each in site.sources.people)
    nonce = "" if link.expired else new_nonce(keys, link)
    result = Result.of(read_result(keys, link, request.query.get(RESULT, "")))
    shown = Shown(view, link, f"/a/{request.token}", nonce, people, result, site.title)
    return http.page(page(shown), STYLE_SHEET, HTTPStatus.GONE if link.expired else HTTPStatus.OK)


def _take_form(request: Request, site: Site) -> HttpAnswer:
    keys, moment = site.sources.keys(), site.sources.clock()
    link = read(keys, request.token, moment)
    if link is None:
        return http.not_found()
    if link.expired:
        return _show(request, site)
    result = _pass_on_form(request.body, link, keys, site)
    return http.see_other(
        f"?{RESULT}={sign_result(keys, link, str(result))}"
    )  # of this page, whatever stands before it


def _pass_on_form(body: bytes, link: Link, keys: Keys, site: Site) -> Result:
    try:
        replies = replies_of(
            _form_of_link(body, link, keys), link, [each.name for each in site.sources.people], site.sources.clock()
        )
        outcomes = [site.decider.pass_on(reply) for reply in replies]
    except BadFormError as error:
        return Result(f"Nothing was done. {error}", is_good=False)
    except NotPassedOnError:
        unknown = "It is not known whether your answer counts. Look at the state below, and press again if need be."
        return Result(unknown, is_good=False)
    return Result(" ".join(_sentence(each.text) for each in outcomes), all(each.is_good for each in outcomes))


def _form_of_link(body: bytes, link: Link, keys: Keys) -> Form:
    """Raises BadFormError, above all for a form that the page of another link had."""
    form = form_of(body)
    if not is_nonce_of(keys, link, form.nonce):
        raise BadFormError("The form is not of this page: press again.")
    return form


def _review(request: Request, site: Site) -> HttpAnswer:
    link = read(site.sources.keys(), request.token, site.sources.clock(), Purpose.REVIEW)
    content = site.sources.review(link.incident) if link and not link.expired else None
    return http.document(content) if content is not None else http.not_found()


def _calendar(request: Request, site: Site) -> HttpAnswer:
    moment, sources = site.sources.clock(), site.sources
    link = read(sources.keys(), request.token, moment, Purpose.CALENDAR)
    if link is None or (link.person and link.person not in {each.name for each in sources.people}):
        return http.not_found()
    calendar = Calendar(site.name, site.title, link.person or None)
    return http.text(feed(calendar, sources.rota, moment, sources.overrides()), CONTENT_TYPE)


def _take_button(request: Request, site: Site) -> HttpAnswer:
    moment = site.sources.clock()
    if not (site.slack_secret and is_slacks(site.slack_secret(), request.headers, request.body, moment)):
        return http.not_found()
    if button := slack.pressed(request.body):
        said = slack.answer_of(button, site.sources.keys(), site.sources.people, site.prompt_decider, moment)
        slack.say(button, said, site.post)
    return http.accepted()


def _take_webhook(request: Request, site: Site) -> HttpAnswer:
    moment, sources = site.sources.clock(), site.sources
    if not (site.pagerduty_secret and is_pagerdutys(site.pagerduty_secret(), request.headers, request.body)):
        return http.not_found()
    event = pagerduty.event_of(request.body, moment)
    if event is None:
        return http.accepted()
    replies = list(pagerduty.replies_of(event, sources.table.open_incidents(), sources.people, moment))
    if not replies:
        logger.info("no open incident has the key of a webhook", event=event.identifier)
    try:
        for reply in replies:
            site.prompt_decider.pass_on(reply)
    except NotPassedOnError:
        return http.try_again()
    return http.accepted()


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
