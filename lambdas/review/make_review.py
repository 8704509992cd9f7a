"""Makes one review: asks its sections, keeps the report, and publishes what it says in short."""

from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.review.gather import gather, reason_of
from lambdas.review.report import Review, as_json, files_of
from lambdas.review.section import Client, Here, Situation
from lambdas.review.sections import SECTIONS
from lambdas.review.settings import Settings
from lambdas.review.span import due, span_of
from lambdas.review.summary import notice_of
from lambdas.shared.clock import Clock, now
from lambdas.shared.notices import publish_notice
from lambdas.shared.observability import logger
from lambdas.shared.reports import Reports
from lambdas.shared.service import own_names
from lambdas.vocabulary.reviews import Period

QUIET: Final = "quiet"
"""The key of an event whose summary nobody is to be sent."""


def make_review(
    event: Mapping[str, Any], settings: Settings, client: Client, endpoints: tuple[str, ...] = (), clock: Clock = now
) -> dict[str, Any]:
    """The review of `event["period"]`, as JSON, with where it is kept and why it is not.

    Raises ValueError for a period that there is none of, and what SNS raises.
    """
    period, at, names = Period(event["period"]), clock(), own_names()
    here = Here(settings.environment, names.service, names.namespace)
    span = span_of(period, due(event.get("slot"), at))
    situation = Situation(period, span, at, here, settings, client, endpoints)
    review = Review(period, span, at, here, settings.owner, gather(situation, SECTIONS[period]))
    folder, not_kept = _keep(review, Reports(client("s3"), settings.reports))
    if not event.get(QUIET):
        notice = notice_of(review, region=settings.region, bucket=settings.reports, folder=folder, not_kept=not_kept)
        publish_notice(client("sns"), settings.topic, notice)
    logger.info("review made", period=period, verdict=review.verdict, folder=folder, not_kept=not_kept)
    return {**as_json(review), "folder": folder, "not_kept": not_kept}


def _keep(review: Review, reports: Reports) -> tuple[str | None, str]:
    """The folder, or why there is none: what a review says is published all the same."""
    try:
        return reports.write(review.period.kind, review.at, files_of(review)), ""
    except (ClientError, BotoCoreError) as error:
        reason = reason_of(error)
        logger.error("the report could not be kept", bucket=reports.bucket, reason=reason)
        return None, reason
