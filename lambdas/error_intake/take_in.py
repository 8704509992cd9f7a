"""Takes the errors out of a request: checked, counted, scrubbed, handed over."""

import base64
import binascii
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from lambdas.error_intake.answers import Answer, preflight, rate_limits, refusal, success
from lambdas.error_intake.authenticate import key_beside, key_of_dsn, project_of
from lambdas.error_intake.envelope import LONGEST_HEADER, Envelope, Item, envelope_of, header_of
from lambdas.error_intake.hand_over import HandOver, NotHandedOverError
from lambdas.error_intake.inflate import beginning, inflated
from lambdas.error_intake.losses import NOT_HANDED_OVER, RELAYED, TOO_LARGE, Losses
from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_intake.quota import Quota
from lambdas.error_intake.read_items import Found, read_items
from lambdas.error_intake.refused import RefusedError
from lambdas.error_intake.request import Request, Route, request_of
from lambdas.error_intake.settings import Settings
from lambdas.error_intake.tally import Tally, item_names
from lambdas.shared.clock import Clock, now
from lambdas.shared.observability import logger
from lambdas.vocabulary.error_tracking import RELAYED_BY, Batch, Source


class Intake:
    """`monotonic` is in seconds."""

    def __init__(
        self,
        settings: Settings,
        hand_over: HandOver,
        quota: Quota,
        clock: Clock = now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment, self._projects = settings.environment, settings.known_projects
        self._hand_over, self._quota, self._clock = hand_over, quota, clock
        self._losses = Losses(monotonic)
        self._other_items = Tally("items that are no errors were not kept", monotonic)
        self._refusals = Tally("requests were refused", monotonic)

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """`event` is one of an HTTP API, and so is the answer (payload format 2.0)."""
        try:
            request = request_of(event)
            if request.method == "OPTIONS":
                return preflight()
            return self._take(request)
        except RefusedError as refused:
            self._refusals.count([f"{int(refused.status)}: {refused.detail}"])
            return refusal(refused)

    def _take(self, request: Request) -> Answer:
        if request.method != "POST":
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "send errors by POST", {"Allow": "POST, OPTIONS"})
        key = key_beside(request) or _key_inside(request)
        project = project_of(self._projects, request.project, key)
        envelope = _envelope_of(request)
        if RELAYED_BY in request.headers:
            found = Found(lost=Counter({RELAYED: 1}), others=["relayed"])
        else:
            allowance = partial(self._quota.take, key, project.quota_per_minute)
            found = read_items(envelope, allowance, self._environment, self._clock())
            self._other_items.count(item_names(found.others))
        self._send(project, found)
        return self._answer_for(found)

    def _send(self, project: ProjectKeys, found: Found) -> None:
        """Losses alone are sent once in a while; raises RefusedError when nobody takes the batch.

        SDKs do not send again what was refused, but the newer ones count it, and so do the proxies before them: to
        answer that all is well would hide the loss from everybody.
        """
        self._losses.add(project.name, found.lost + found.dropped)
        if not (found.events or found.sessions or self._losses.are_due(project.name)):
            return
        batch = Batch(
            project.name,
            Source.SDK,
            self._clock(),
            tuple(found.events),
            self._losses.take(project.name),
            found.sessions,
        )
        try:
            self._hand_over.send(batch)
        except NotHandedOverError as error:
            logger.error("errors are lost: nobody took them", project=project.name, reason=str(error))
            self._losses.add(project.name, Counter(batch.dropped) + Counter({NOT_HANDED_OVER: len(batch.events)}))
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "the queue cannot be reached") from error

    def _answer_for(self, found: Found) -> Answer:
        limits = rate_limits(self._quota.seconds_left(), found.over_quota) if found.over_quota else {}
        if found.has_something or not (found.lost or limits):
            return success(found.event_id, {name: of for name, of in limits.items() if name != "Retry-After"})
        if limits:
            raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "the key's quota of this minute is used up", limits)
        if found.lost[TOO_LARGE]:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the event is larger than 1 MiB")
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"nothing of it could be taken: {', '.join(sorted(found.lost))}")


def _key_inside(request: Request) -> str:
    """The key that an envelope's header names; no more is read of what has no key."""
    if request.route is not Route.ENVELOPE:
        return ""
    return key_of_dsn(header_of(beginning(request.body, request.encodings, LONGEST_HEADER)))


def _envelope_of(request: Request) -> Envelope:
    body = inflated(request.body, request.encodings)
    return envelope_of(body) if request.route is Route.ENVELOPE else Envelope({}, (Item("event", _stored(body)),))


def _stored(body: bytes) -> bytes:
    """The event of a legacy client, which may deflate it and write it in base64 without saying so."""
    if body.lstrip()[:1] == b"{":
        return body
    try:
        return inflated(base64.b64decode(body, validate=True), ("deflate",))
    except binascii.Error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the event is neither JSON nor base64") from None
