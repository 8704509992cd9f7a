"""The operator's views.  One more is a module here with a `VIEW` and a place in this list.

The first one that there is something of is the default: incidents where somebody is on call, else issues.
"""

from typing import Final

from lambdas.operator_view.sources import Sources
from lambdas.operator_view.view import AnyView
from lambdas.operator_view.views import checklist, incident, incidents, issue, issues

VIEWS: Final[dict[str, AnyView]] = {
    view.name: view for view in (incidents.VIEW, incident.VIEW, issues.VIEW, issue.VIEW, checklist.VIEW)
}


def views_of(sources: Sources) -> dict[str, AnyView]:
    """Those that there is something of; never none."""
    return {name: view for name, view in VIEWS.items() if view.part(sources) is not None}


def default_of(sources: Sources) -> AnyView:
    return next(iter(views_of(sources).values()))
