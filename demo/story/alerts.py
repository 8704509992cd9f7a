"""An outage, as the people learn of it whom its level calls: that it is, what it is, and that it is over."""

from datetime import datetime

from demo.backend import Backend
from demo.console import Console
from demo.sinks.inbox import Arrival
from demo.story.alarms import Turn
from demo.story.messages import headline, show, ways
from demo.story.outage import API, SECURE, see_it_back
from demo.story.people import People
from demo.story.prober import Prober
from emulator.errors import EmulatorError
from lambdas.shared.quantities import duration
from lambdas.vocabulary.levels import Level


def see_people_told(
    prober: Prober, people: People, console: Console, backend: Backend, since_it_stopped: list[Turn]
) -> None:
    """Read what the outage sent, with the times; end it, and read what that sent."""
    console.heading("Tell the right people")
    console.fact(
        f"the story does not wait for the schedule: its probes are those of slots {duration(prober.interval)} apart,"
        " and every time and duration of the outage below is by these slots"
    )
    seconds = people.alerts.group_critical_seconds
    console.fact(f"a message waits {seconds} s for others that belong to it")
    down = prober.stage.function(f"endpoint-{API}-down")
    console.claim(
        "the outage has set off its alarm, and no other of the endpoints",
        holds=[(turn.alarm, turn.state) for turn in since_it_stopped] == [(down, "ALARM")],
        evidence="; ".join(f"{turn.alarm}: {turn.state}, level {turn.level}" for turn in since_it_stopped),
    )
    raised = _newest(prober, down)
    with console.step(f"waiting for what people get of {down}"):
        told = people.wait_until_told(raised.names, raised.level, raised.at)
    show(console, told, raised.at)
    prober.check()
    see_it_back(prober, console, backend)
    _see_the_end_told(prober, people, console, raised)
    _see_the_certificate_told(prober, people, console)


def _see_the_end_told(prober: Prober, people: People, console: Console, raised: Turn) -> None:
    over = _newest(prober, raised.alarm)
    with console.step("waiting for what they get of its end"):
        told = people.wait_until_told(over.names, over.level, over.at)
    show(console, told, over.at, headlines_only=True)
    # By now whatever else the alarm could have sent has had the time to arrive.
    _claim_told_once(
        people, console, "the outage was told on every channel of its level, once, and on no other", raised, over.at
    )
    lasted = duration(over.due - raised.due)
    said = [headline(it) for it in told if it.sink == "slack"]
    console.claim(
        "so was its end, with how long it lasted by the slots of the probes",
        holds=over.state == "OK"
        and people.are_called_once(told, over.level)
        and all(f"Recovered after {lasted}" in line for line in said),
        evidence="; ".join(said),
    )
    events = [it for it in people.told(over.names, raised.at) if it.sink == "pagerduty"]
    console.claim(
        "PagerDuty can close the incident: it is told the end under the key of the beginning",
        holds=[it.about["event_action"] for it in events] == ["trigger", "resolve"] and len(_keys(events)) == 1,
        evidence=", ".join(f"{it.about['event_action']} {it.about['dedup_key']}" for it in events),
    )


def _see_the_certificate_told(prober: Prober, people: People, console: Console) -> None:
    urgent = _newest(prober, prober.stage.function(f"endpoint-{SECURE.replace(' ', '-')}-certificate-7-days"))
    _claim_told_once(
        people, console, "the certificate was told to those who can renew it by day, and woke nobody", urgent
    )


def _claim_told_once(people: People, console: Console, text: str, turn: Turn, until: datetime | None = None) -> None:
    arrived = people.told(turn.names, turn.at)
    told = [it for it in arrived if until is None or datetime.fromisoformat(it.at) < until]
    spared = set().union(*map(people.called_at, Level)) - {it.sink for it in told}
    console.claim(
        text,
        holds=turn.state == "ALARM" and people.are_called_once(told, turn.level),
        evidence=f"{turn.level}: {ways(it.sink for it in told)}; not: {ways(spared)}",
    )


def _newest(prober: Prober, alarm: str) -> Turn:
    turns = [turn for turn in prober.alarms.turns if turn.alarm == alarm]
    if not turns:
        raise EmulatorError(f"{alarm} has not changed its state, whatever the probes found")
    return turns[-1]


def _keys(events: list[Arrival]) -> set[str]:
    return {event.about["dedup_key"] for event in events}
