"""The sources that a function's settings name."""

from typing import Any

from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.report_sources import ReportSources
from lambdas.operator_view.settings import Settings
from lambdas.operator_view.sources import ErrorSources, Sources, error_sources
from lambdas.shared import aws
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.reports import Reports
from lambdas.vocabulary.on_call import Rota


def sources_of(settings: Settings) -> Sources:
    dynamodb = aws.client("dynamodb")
    return Sources(_errors(settings, dynamodb), _incidents(settings, dynamodb), _reports(settings))


def _errors(settings: Settings, dynamodb: Any) -> ErrorSources | None:
    if settings.table is None or settings.bucket is None:
        return None
    return error_sources(ErrorTable(dynamodb, settings.table), aws.client("s3"), settings.bucket, settings.projects)


def _incidents(settings: Settings, dynamodb: Any) -> IncidentSources | None:
    if settings.incidents_table is None or settings.rota is None:
        return None
    table = IncidentTable(dynamodb, settings.incidents_table)
    return IncidentSources(table, Rota.from_json(settings.rota), settings.people, settings.reviews or "")


def _reports(settings: Settings) -> ReportSources | None:
    if settings.reports is None:
        return None
    return ReportSources(Reports(aws.client("s3"), settings.reports), settings.reports_console or "")
