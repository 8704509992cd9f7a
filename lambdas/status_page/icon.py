"""The browser tab's icon: the overall state at a glance."""

from lambdas.shared.markup import element, xml
from lambdas.status_page.charts import PATHS
from lambdas.vocabulary.endpoints import State

COLOURS: dict[str, str] = {
    State.UP: "#17703d",
    State.SLOW: "#8a5a00",
    State.DEGRADED: "#a8430a",
    State.DOWN: "#b3192b",
    State.UNKNOWN: "#55606f",
    "maintenance": "#1d4f91",
}
"""Of white shapes and texts' backgrounds."""


def icon_file(state: State) -> bytes:
    stroke = {"fill": "none", "stroke": "#fff", "stroke_width": "2", "stroke_linecap": "round"}
    return xml(
        element(
            "svg",
            element("circle", cx=8, cy=8, r=8, fill=COLOURS[state]),
            element("path", d=PATHS[state], **stroke),
            xmlns="http://www.w3.org/2000/svg",
            viewBox="0 0 16 16",
        )
    )
