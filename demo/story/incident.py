"""The outage as an incident: who is paged, who takes it by the link of a page, the reminder, and the review's draft."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from demo.console import Console
from demo.inboxes.inbox import Arrival
from demo.story.alarms import AlarmChange
from demo.story.messages import WAYS
from demo.story.people import PATIENCE, People
from demo.story.prober import OF_INCIDENTS, Prober
from emulator.account import ACCOUNT_ID, REGION
from emulator.stage import Stage
from emulator.waiting import wait_for
from lambdas.shared.clock import now
from lambdas.shared.incidents.review.write import newest_review, read_review
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.incidents.words import entry_text
from lambdas.shared.on_call.rotation import on_call_at
from lambdas.vocabulary.incidents import Incident, State, bucket_of_reviews
from lambdas.vocabulary.names import physical_name

PRIMARY, BACKUP = "primary", "backup"
MINUTE = timedelta(minutes=1)
SHOWN = 22
"""Lines of the draft."""


@dataclass
class IncidentStory:
    prober: Prober
    people: People
    console: Console
    raised: AlarmChange
    clock: datetime = field(init=False)
    """What the functions of incidents take for the time."""

    def __post_init__(self) -> None:
        self.clock = self.raised.due
        self.since = self.raised.at

    @property
    def stage(self) -> Stage:
        return self.prober.stage

    @property
    def incident(self) -> Incident:
        found = next(self.table.newest(1), None)
        assert found, "no incident was opened"  # noqa: S101  (the story ends here)
        return found

    @property
    def table(self) -> IncidentTable:
        return IncidentTable(self.stage.client("dynamodb"), physical_name(self.stage.environment, "incidents"))

    def show_answered(self) -> None:
        """Nobody takes it until the backup does, from the text message."""
        self.console.heading("Page who is on call")
        self.console.fact("the clock of these functions is moved: fifteen minutes pass at once")
        primary, backup = self._on_call()
        pages = self._wait_for_pages(primary, {"mail", "sms"})
        first = min(datetime.fromisoformat(it.at) for it in pages)
        self.console.claim(
            "the critical alarm is an incident, and pages the one who is on call",
            holds=bool(pages) and not self._pages_to(backup),
            evidence=f"incident {self.incident.number}: {primary} by {_ways(pages)}, "
            f"{(first - self.since).total_seconds():.1f} s after the alarm",
        )
        self._travel(16 * MINUTE)
        after = self._wait_for_pages(backup, {"mail", "sms"})
        self.console.claim(
            "nobody takes it: after fifteen minutes the backup is paged",
            holds=bool(after),
            evidence=f"{backup} by {_ways(after)}; {primary} again after five minutes",
        )
        self._take_from(next(it for it in after if it.inbox == "sms"), backup)
        self._remind(backup)

    def show_written_up(self, recovered: datetime) -> None:
        """It was seen to end; the draft of its review is written ten minutes later."""
        self.console.heading("Write up the incident")
        self.clock = recovered
        resolved = wait_for(lambda: self.incident.state is State.RESOLVED, PATIENCE)
        self._travel(11 * MINUTE, step=11 * MINUTE)
        link = self._wait_for_link(r"/r/[\w-]+")
        page = urlopen(link, timeout=30).read().decode() if link else ""  # noqa: S310  (of this machine)
        timeline = [entry_text(entry) for entry in self.table.timeline(self.incident.number)]
        self.console.claim(
            "the alarm's recovery resolves it; then it is closed, and a draft of its review is written",
            holds=resolved and self.incident.state is State.CLOSED and "Root causes" in page,
            evidence=f"{len(timeline)} lines of timeline: {'; '.join(timeline[-3:])}",
        )
        for line in self._draft()[:SHOWN]:
            self.console.fact(f"    {line}")
        self.stage.account.move_clock(timedelta(0))

    def _draft(self) -> list[str]:
        """The lines of the draft's Markdown that are not empty."""
        bucket = bucket_of_reviews(self.stage.environment, ACCOUNT_ID, REGION)
        s3 = self.stage.client("s3")
        key = newest_review(s3, bucket, self.incident.number)
        written = read_review(s3, bucket, key).decode() if key else ""
        return [line for line in written.splitlines() if line.strip()]

    def _on_call(self) -> tuple[str, str]:
        on_call = self.stage.environment.on_call
        assert on_call  # noqa: S101  (environments/local.toml)
        found = on_call_at(on_call.rota(), self.clock)
        assert found.primary  # noqa: S101  (the rota always has one)
        assert found.backup  # noqa: S101
        return found.primary, found.backup

    def _take_from(self, message: Arrival, person: str) -> None:
        """Open the link of the message, as a telephone does, and press the button."""
        link = re.search(r"https?://\S+", message.text)
        assert link, "the page has no link"  # noqa: S101
        before = self.incident
        form = _form_of(urlopen(link[0], timeout=30).read().decode())  # noqa: S310  (of this machine)
        looked = self.incident
        answer = Request(link[0], urlencode({**form, "answer": "take"}).encode())  # noqa: S310
        urlopen(answer, timeout=30).read()  # noqa: S310
        taken = self.incident
        announced = wait_for(lambda: bool(self._announced(f"{person} took it")), PATIENCE)
        self.console.claim(
            "opening the link changes nothing; its button takes the incident, and the others are notified",
            holds=before.version == looked.version and taken.taken_by == person and announced,
            evidence=f"{taken.state} by {taken.taken_by}; {_ways(self._announced(f'{person} took it'))}",
        )

    def _remind(self, person: str) -> None:
        self.stage.invoke("incident", reply=self._note(person, "restarted the pooler, no better"))
        self._travel(31 * MINUTE, step=31 * MINUTE)
        reminded = wait_for(lambda: bool(self._reminders(person)), PATIENCE)
        self.console.claim(
            "it lasts: after thirty minutes whoever took it is reminded, with what has been tried",
            holds=reminded and any("restarted the pooler" in it.text for it in self._reminders(person)),
            evidence=f"{person} by {_ways(self._reminders(person))}",
        )

    def _note(self, person: str, text: str) -> dict[str, object]:
        return {
            "incident": self.incident.number,
            "answer": "note",
            "via": "command",
            "at": self.clock.isoformat(),
            "by": person,
            "text": text,
        }

    def _travel(self, time_passes: timedelta, step: timedelta = 5 * MINUTE) -> None:
        """Let the clock go on and tick now and then, as EventBridge would every minute."""
        until = self.clock + time_passes
        while self.clock < until:
            self.clock = min(self.clock + step, until)
            ahead = self.clock - now()
            self.stage.account.move_clock(ahead, *map(self.stage.function, OF_INCIDENTS))
            self.stage.invoke("incident", slot=self.clock.isoformat())

    def _pages_to(self, person: str) -> list[Arrival]:
        on_call = self.stage.environment.on_call
        assert on_call  # noqa: S101
        known = next(it for it in on_call.person if it.name == person)
        ends = {end for end in (known.email, known.phone) if end}
        return [it for it in self.people.paged(self.since) if ends & set(_recipients(it)) and _wakes(it)]

    def _wait_for_pages(self, person: str, inboxes: set[str]) -> list[Arrival]:
        with self.console.step(f"waiting for the pages to {person}"):
            wait_for(lambda: inboxes <= {it.inbox for it in self._pages_to(person)}, PATIENCE)
        return self._pages_to(person)

    def _announced(self, text: str) -> list[Arrival]:
        return [it for it in self.people.paged(self.since) if text in f"{it.text} {it.about.get('subject', '')}"]

    def _reminders(self, person: str) -> list[Arrival]:
        return [it for it in self._pages_to(person) if "Still open" in f"{it.text} {it.about.get('subject', '')}"]

    def _wait_for_link(self, pattern: str) -> str:
        def links() -> list[str]:
            found = (re.search(rf"http\S+{pattern}", it.text) for it in self.people.paged(self.since))
            return [match[0] for match in found if match]

        found = wait_for(links, PATIENCE)
        return found[-1] if found else ""


class _Form(HTMLParser):
    """The hidden fields of the first form."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.fields.setdefault(str(given["name"]), given.get("value") or "")


def _form_of(page: str) -> dict[str, str]:
    parser = _Form()
    parser.feed(page)
    return parser.fields


def _wakes(arrival: Arrival) -> bool:
    """A page or a reminder; what is announced begins with the incident's number."""
    return not str(arrival.about.get("subject", "")).startswith("Incident ")


def _recipients(arrival: Arrival) -> list[str]:
    to = arrival.about.get("to", [])
    return [to] if isinstance(to, str) else list(to)


def _ways(arrivals: Iterable[Arrival]) -> str:
    return ", ".join(sorted({WAYS[it.inbox] for it in arrivals})) or "nobody"
