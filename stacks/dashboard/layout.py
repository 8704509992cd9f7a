"""Where each widget lies on the grid: rows from left to right, each part under its question."""

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.dashboard.definition import COLUMNS, Dashboard, Part, Widget, Words


@dataclass(frozen=True)
class Placed:
    widget: Widget
    x: int
    y: int


def placed(dashboard: Dashboard) -> list[Placed]:
    return [one for of_a_part in placed_by_part(dashboard) for one in of_a_part]


def placed_by_part(dashboard: Dashboard) -> Iterator[list[Placed]]:
    y = 0
    for part in dashboard.parts:
        widgets = list(_flow(part, y))
        yield widgets
        y = max(one.y + one.widget.height for one in widgets)


def heading(part: Part) -> Words:
    return Words(f"## {part.question}\n{part.good}")


def _flow(part: Part, y: int) -> Iterator[Placed]:
    x, bottom = 0, y
    for widget in (heading(part), *part.widgets):
        if x + widget.width > COLUMNS:
            x, y = 0, bottom
        yield Placed(widget, x, y)
        x, bottom = x + widget.width, max(bottom, y + widget.height)
