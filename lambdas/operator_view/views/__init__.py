"""The operator's views.  One more is a module here with a `VIEW` and a place in this list; the first is the default."""

from typing import Final

from lambdas.operator_view.view import AnyView
from lambdas.operator_view.views import issue, issues

VIEWS: Final[dict[str, AnyView]] = {view.name: view for view in (issues.VIEW, issue.VIEW)}
DEFAULT: Final = issues.NAME
