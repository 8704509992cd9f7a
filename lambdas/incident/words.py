"""An incident in words for people: pages, reminders, and what is written into the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lambdas.shared.incidents.words import entry_text
from lambdas.shared.notices import in_ascii, in_slack
from lambdas.shared.quantities import counted, duration
from lambdas.vocabulary.incidents import Entry, Incident, State

SUBJECT_LENGTH = 99  # SNS's limit is below 100 characters
SMS_LENGTH = 280
"""Two text messages: a link takes most of the first."""
TITLE_LENGTH = 120
TRIED = 3
"""Notes that a reminder repeats."""
LISTED = 10


@dataclass(frozen=True)
class Writer:
    environment: str
    zone: str
    """The rota's, by whose clock people live."""

    def headline(self, incident: Incident) -> str:
        """Such as `[prod] CRITICAL: api is down (incident 12)`."""
        test = "TEST, " if incident.is_test else ""
        return f"[{self.environment}] {test}{incident.level.upper()}: {incident.title} (incident {incident.number})"

    def page(self, incident: Incident, why: str, link: str, now: datetime) -> "Text":
        """For one person."""
        what = "You are paged" if incident.state is State.TRIGGERED else "You have it"
        lines = [
            f"{self._since(incident, now)} {what}: {why}.",
            "",
            "Take it, snooze it, or say that you cannot:",
            link,
            "",
            *self.facts(incident),
        ]
        return Text(self.headline(incident), "\n".join(lines), link)

    def reminder(self, incident: Incident, timeline: Sequence[Entry], link: str, now: datetime) -> "Text":
        """For whoever took it: since when, who has it, what has been tried."""
        tried = [entry for entry in timeline if entry.by and entry.via][-TRIED:]
        taken = f"You took it {duration(now - incident.taken_at)} ago." if incident.taken_at else ""
        lines = [
            f"{self._since(incident, now)} {taken}",
            "",
            "Are you still on it? Say so here, or others are paged:",
            link,
            "",
            *self.facts(incident),
            *(["", "So far:"] if tried else []),
            *(self.entry(entry) for entry in tried),
        ]
        return Text(f"Still open: {self.headline(incident)}", "\n".join(lines), link)

    def facts(self, incident: Incident) -> list[str]:
        """What is wrong, and where to look first."""
        lasting = [subject for subject in incident.lasting if subject.title]
        first = next(iter(lasting or incident.subjects))
        known = {"How bad": first.measured, "First look": first.first_look, "Runbook": first.runbook}
        lines = [f"{label}: {said}" for label, said in known.items() if said]
        others = [subject for subject in incident.lasting if subject.key != first.key]
        if others:
            lines.append(f"Also wrong: {'; '.join(each.title for each in others[:LISTED] if each.title)}")
        if len(others) > LISTED:
            lines.append(f"and {counted(len(others) - LISTED, 'further alarm')}")
        return lines

    def entry(self, entry: Entry) -> str:
        """One line of the timeline."""
        return f"{entry.at.astimezone(UTC):%H:%M} UTC  {entry_text(entry)}"

    def _since(self, incident: Incident, now: datetime) -> str:
        local = incident.opened_at.astimezone(ZoneInfo(self.zone))
        at = f"{incident.opened_at.astimezone(UTC):%H:%M} UTC ({local:%H:%M} {self.zone})"
        return f"Since {at}, {duration(now - incident.opened_at)} ago."


@dataclass(frozen=True)
class Text:
    """A message for people, in the forms that they receive it."""

    headline: str
    body: str
    link: str = ""

    @property
    def subject(self) -> str:
        return in_ascii(self.headline)[:SUBJECT_LENGTH]

    @property
    def mail(self) -> str:
        return f"{self.headline}\n\n{self.body}\n"

    @property
    def sms(self) -> str:
        """The link is never cut."""
        room = SMS_LENGTH - len(self.link) - 1
        return f"{in_ascii(self.headline)[:room]} {self.link}".strip()

    @property
    def chat(self) -> str:
        """In Slack's format, without links and mentions that came from outside."""
        return in_slack(f"{self.headline}\n{self.body}" if self.body else self.headline)
