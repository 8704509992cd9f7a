"""The alerts of an outage: what each channel of its level receives when it begins and when it ends."""

from datetime import datetime

from demo.backend import Backend
from demo.console import Console
from demo.inboxes.inbox import Arrival
from demo.story.alarms import AlarmChange
from demo.story.incident import IncidentStory
from demo.story.messages import headline, show, ways
from demo.story.outage import API, SECURE, show_recovery
from demo.story.people import People
from demo.story.prober import Prober
from emulator.errors import EmulatorError
from lambdas.shared.quantities import duration
from lambdas.vocabulary.levels import Level


def show_alerts_delivered(
    prober: Prober, people: People, console: Console, backend: Backend, since_the_outage: list[AlarmChange]
) -> None:
    """Show the messages that the outage caused and when they came, then end the outage and show its recovery."""
    console.heading("Deliver the alerts")
    console.fact(
        f"the story does not wait for the schedule: its probes are those of slots {duration(prober.interval)} apart,"
        " and every time and duration of the outage below is by these slots"
    )
    seconds = people.alerts.group_critical_seconds
    console.fact(f"a message waits {seconds} s for other alerts, to send them together")
    down = prober.stage.function(f"endpoint-{API}-down")
    console.claim(
        "the outage raised its alarm, and no other alarm on the endpoints",
        holds=[(change.alarm, change.state) for change in since_the_outage] == [(down, "ALARM")],
        evidence="; ".join(f"{change.alarm}: {change.state}, level {change.level}" for change in since_the_outage),
    )
    raised = _newest(prober, down)
    with console.step(f"waiting for the messages about {down}"):
        received = people.wait_until_received(raised.names, raised.level, raised.at)
    show(console, received, raised.at)
    night = IncidentStory(prober, people, console, raised)
    night.show_answered()
    prober.slot = night.clock
    prober.check()
    show_recovery(prober, console, backend)
    _show_recovery_delivered(prober, people, console, raised)
    night.show_written_up(prober.slot)
    _show_certificate_delivered(prober, people, console)


def _show_recovery_delivered(prober: Prober, people: People, console: Console, raised: AlarmChange) -> None:
    over = _newest(prober, raised.alarm)
    with console.step("waiting for the messages about its recovery"):
        received = people.wait_until_received(over.names, over.level, over.at)
    show(console, received, over.at, headlines_only=True)
    # By now any other message about the alarm would have arrived.
    _claim_delivered_once(
        people, console, "the outage was sent once to every channel of its level, and to no other", raised, over.at
    )
    lasted = duration(over.due - raised.due)
    said = [headline(it) for it in received if it.inbox == "slack"]
    console.claim(
        "so was its recovery, with how long the outage lasted by the times of the probes",
        holds=over.state == "OK"
        and people.have_one_each(received, over.level)
        and all(f"Recovered after {lasted}" in line for line in said),
        evidence="; ".join(said),
    )
    events = [it for it in people.received(over.names, raised.at) if it.inbox == "pagerduty"]
    console.claim(
        "PagerDuty can resolve the incident: the recovery has the same key as the alert",
        holds=[it.about["event_action"] for it in events] == ["trigger", "resolve"] and len(_keys(events)) == 1,
        evidence=", ".join(f"{it.about['event_action']} {it.about['dedup_key']}" for it in events),
    )


def _show_certificate_delivered(prober: Prober, people: People, console: Console) -> None:
    ends = _newest(prober, prober.stage.function(f"endpoint-{SECURE.replace(' ', '-')}-certificate-30-days"))
    _claim_delivered_once(
        people, console, "the certificate's end was sent to the channels of its level, and to no pager or phone", ends
    )


def _claim_delivered_once(
    people: People, console: Console, text: str, change: AlarmChange, until: datetime | None = None
) -> None:
    arrived = people.received(change.names, change.at)
    received = [it for it in arrived if until is None or datetime.fromisoformat(it.at) < until]
    others = set().union(*map(people.inboxes_of, Level)) - {it.inbox for it in received}
    console.claim(
        text,
        holds=change.state == "ALARM" and people.have_one_each(received, change.level),
        evidence=f"{change.level}: {ways(it.inbox for it in received)}; not: {ways(others)}",
    )


def _newest(prober: Prober, alarm: str) -> AlarmChange:
    changes = [change for change in prober.alarms.changes if change.alarm == alarm]
    if not changes:
        raise EmulatorError(f"{alarm} has not changed its state")
    return changes[-1]


def _keys(events: list[Arrival]) -> set[str]:
    return {event.about["dedup_key"] for event in events}
