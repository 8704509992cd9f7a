"""The documents that the code writes: `python -m ops.documents` brings those of them up to date that are not."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import aws_cdk

from cost.assumptions import Assumptions
from cost.at_scale import put_into as put_sizes_into
from cost.bill import month_of
from cost.report import put_into as put_costs_into
from cost.report import report
from cost.templates import Templates
from lambdas.checklist.reference import put_checks_into as put_checklist_into
from lambdas.checklist.reference import put_rights_into
from layers import pins
from log_contract.schema import schema
from ops.chosen import environment_names
from stacks.alarms.database_reference import DOCUMENTS as DATABASE_DOCUMENTS
from stacks.alarms.database_reference import put_into as put_checks_into
from stacks.application import app_of
from stacks.dashboard.definition import Dashboard
from stacks.dashboard.grafana import file_of
from stacks.dashboard.overview import dashboard_in
from stacks.dashboard.picture import picture_of
from stacks.settings import load
from stacks.settings.reference import put_into as put_settings_into


class Production:
    """What documents show of production's templates; they are synthesized when a document asks for them."""

    @cached_property
    def _app(self) -> aws_cdk.App:
        return app_of(load("prod"))

    @cached_property
    def dashboard(self) -> Dashboard:
        return dashboard_in(self._app)

    @cached_property
    def templates(self) -> Templates:
        return Templates.in_assembly(self._app.synth())


@dataclass(frozen=True)
class Document:
    """A file whose content, or a part of it, the code writes."""

    path: Path
    written: Callable[[str, Production], str]
    """The whole content, from the present one."""

    def brought_up_to_date(self, production: Production) -> str:
        return self.written(self.path.read_text(), production)


def _costs(document: str, production: Production) -> str:
    month = month_of(production.templates, Assumptions())
    return put_costs_into(document, report("prod", month, details=False))


def _backend_logs() -> list[str]:
    return [load(name).backend_log_group for name in environment_names()]


DOCUMENTS = (
    Document(Path("docs/settings.md"), lambda document, _: put_settings_into(document)),
    *(Document(path, lambda document, _: put_checks_into(document)) for path in DATABASE_DOCUMENTS),
    Document(Path("docs/checklist.md"), lambda document, _: put_checklist_into(document)),
    Document(Path("docs/permissions.md"), lambda document, _: put_rights_into(document, _backend_logs())),
    Document(Path("docs/cost.md"), _costs),
    Document(
        Path("docs/large-databases.md"), lambda document, production: put_sizes_into(document, production.templates)
    ),
    Document(Path("docs/dashboard/prod.json"), lambda _, production: file_of(production.dashboard)),
    Document(Path("docs/dashboard/prod.svg"), lambda _, production: picture_of(production.dashboard)),
    Document(Path("lambdas/review/dependencies/pins.json"), lambda *_: pins.document()),
    Document(Path("docs/schemas/log-line.schema.json"), lambda *_: json.dumps(schema(), indent=2) + "\n"),
)


def main() -> int:
    production = Production()
    for document in DOCUMENTS:
        content = document.brought_up_to_date(production)
        if content != document.path.read_text():
            document.path.write_text(content)
            print(f"{document.path} was written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
