"""The dashboard of one environment: its parts, in the order in which somebody who is called asks."""

from collections.abc import Sequence
from dataclasses import replace

from lambdas.vocabulary.dashboard import OVERVIEW
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from stacks.alarms.spec import Section, Watched
from stacks.dashboard.costs import costs
from stacks.dashboard.database import look_into
from stacks.dashboard.definition import Dashboard, Graph, Part, States, Widget
from stacks.dashboard.recovery import ages_and_durations
from stacks.dashboard.scraped import scraped
from stacks.dashboard.uptime import probes
from stacks.dashboard.users import Signals, as_users_meet_it
from stacks.dashboard.views import views
from stacks.dashboard.watched import ALARMS_SHOWN, Alarmed, alarmed, further_graphs, limits_of, states_of
from stacks.dashboard.workings import workings
from stacks.settings import Environment

GOOD = {
    Section.UP: "Good: every endpoint at 1, latency flat and below its line, no certificate within its limits.",
    Section.USERS: "Good: no 5xx, p95 below its line, traffic as at this hour last week.",
    Section.DATABASE: "Good: reachable, and on the right side of every line. Locks and deadlocks are alarms only.",
    Section.RECOVERY: "Good: the newest backup and the newest proven one are below their lines.",
    Section.SECURITY: "Good: nothing. A few failed logins are people; many in a minute are not.",
    Section.ITSELF: "Good: no alarm, no error line. A prober that is silent looks like health everywhere else.",
}


def compose(environment: Environment, watched: Sequence[Watched], signals: Signals | None = None) -> Dashboard:
    """All alarms are on it, and everything that they watch and that is always there; `signals` are the API's."""
    alarms = alarmed(watched)
    drawn: dict[Section, list[Widget]] = {
        Section.UP: probes(environment),
        Section.USERS: [
            *(as_users_meet_it(environment, signals) if signals else []),
            *scraped(environment),
            *views(environment),
        ],
        Section.DATABASE: look_into(environment),
        Section.RECOVERY: ages_and_durations(environment),
        Section.SECURITY: [],
        Section.ITSELF: workings(environment),
    }
    subjects = {
        line.asks for widgets in drawn.values() for one in widgets if isinstance(one, Graph) for line in one.lines
    }
    parts = [_part(section, drawn[section], alarms, subjects) for section in Section]
    return Dashboard(
        physical_name(environment, OVERVIEW),
        environment.names,
        environment.name,
        environment.region,
        (*(part for part in parts if part.widgets), _firing(alarms), costs(environment)),
    )


def _part(section: Section, widgets: list[Widget], alarms: list[Alarmed], drawn: set[tuple[str, ...]]) -> Part:
    here = [alarm for alarm in alarms if alarm.section is section]
    limited = [_with_limits(widget, alarms) for widget in [*widgets, *further_graphs(here, drawn)]]
    states = [states_of(here)] if here else []
    return Part(section, GOOD[section], (*states, *limited))


def _with_limits(widget: Widget, alarms: list[Alarmed]) -> Widget:
    if not isinstance(widget, Graph):
        return widget
    return replace(widget, limits=limits_of(widget.lines, alarms))


def _firing(alarms: list[Alarmed]) -> Part:
    widgets: list[States] = []
    for level in Level:
        if of_level := [alarm for alarm in alarms if alarm.level is level]:
            names = tuple(alarm.name for alarm in of_level[:ALARMS_SHOWN])
            widgets.append(States(f"{level.title()}: {level.response}", names, width=6, height=6, firing=True))
    good = "Good: nothing. The worst level is on the left, the newest change on top."
    return Part("What is firing?", good, tuple(widgets))
