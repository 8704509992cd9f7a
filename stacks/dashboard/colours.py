"""One colour for each level, wherever it is drawn."""

from lambdas.vocabulary.levels import Level
from stacks.dashboard.definition import Limit

COLOURS = {
    Level.CRITICAL: "#d13212",
    Level.HIGH: "#ff7f0e",
    Level.MEDIUM: "#e0b400",
    Level.LOW: "#1f77b4",
}
FINE = "#2ca02c"
MARKS = "#7f7f7f"


def said(limit: Limit) -> str:
    return f"{limit.level} {'below' if limit.below else 'above'}"
