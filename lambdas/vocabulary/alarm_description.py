"""The text of an alarm's description: what CloudWatch keeps of an alarm for the person who is called."""

from dataclasses import dataclass
from typing import Self

from lambdas.vocabulary.levels import Level


@dataclass(frozen=True)
class AlarmDescription:
    """One line for each field; a field that a text lacks is empty."""

    level: Level | None = None
    meaning: str = ""
    first_look: str = ""
    runbook: str = ""
    """The page's address; its last part is the page's name."""
    owner: str = ""

    def to_text(self) -> str:
        """Raises ValueError for a field of more than one line: nobody could read it again."""
        written = {label: str(getattr(self, name) or "") for name, label in _LABELS.items()}
        for label, value in written.items():
            if value.splitlines() not in ([], [value]):
                raise ValueError(f"{label} of an alarm must be one line: {value!r}")
        return "\n".join(f"{label}: {value}" for label, value in written.items())

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """None for a text that has none of these fields: somebody else's, in their own words."""
        pairs = (line.partition(": ") for line in text.splitlines())
        names = {label: name for name, label in _LABELS.items()}
        found = {names[label]: value for label, _, value in pairs if label in names}
        if not found:
            return None
        level = found.pop("level", "")
        return cls(Level(level) if level in set(Level) else None, **found)

    @property
    def page(self) -> str:
        """The runbook's name, such as `service-down`."""
        return self.runbook.rpartition("/")[2].removesuffix(".md")


_LABELS = {
    "level": "Level",
    "meaning": "Meaning",
    "first_look": "First look",
    "runbook": "Runbook",
    "owner": "Owner",
}
