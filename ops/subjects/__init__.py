"""The subjects of `ops`: each a module of this package with its verbs in `commands`."""

from typing import Final

SUBJECTS: Final = {
    "backup": "now, list, show, verify, drill, drills, fetch, restore, recover",
    "alerts": "firing, mute, muted, unmute, test",
    "incidents": "list, show, ack, snooze, cannot, resolve, note, review, figures, action, actions",
    "on-call": "who, calendar, check, override, overrides",
    "status": "publish, update, maintenance, list: on the status page",
    "checklist": "is it ready for production: every line, with evidence",
    "self-test": "what no emulator can show: after a deployment",
    "errors": "list, show, resolve, mute, reopen, merge, releases, dsn, test, forget-user",
    "deploys": "record, list",
    "console": "the operator's view in a browser of this machine",
    "review": "week, month, quarter, dependencies: a report of each",
    "cost": "what a month costs, from the templates",
    "load-test": "start, status, stop, report: what the API stands",
    "logs": "check a log against the log contract",
}
"""Module, with dashes for underscores, and what `ops --help` says of it.

One is imported only when it is named, since some take seconds to import.
"""

WITHOUT_ENVIRONMENT: Final = {"adopt": "write the environment file of an RDS instance that exists"}
"""What needs no environment, and so takes its place on the command line."""
