"""Sessions of releases: each message's once."""

from collections import Counter, defaultdict
from datetime import datetime

from lambdas.error_digest.actions import MOST_ACTIONS, message_action, sessions_action
from lambdas.error_digest.receive import Received
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.table import ChangedMeanwhileError, ErrorTable
from lambdas.vocabulary.error_tracking import SessionCount


def count_sessions(table: ErrorTable, received: Received, moment: datetime) -> None:
    """In one transaction with a marker of the message; those beyond what it takes are left out."""
    sums = _by_release(received.batch.sessions)
    if not sums:
        return
    project, key = received.batch.project, items.message_key(received.message_id)
    changes = [
        sessions_action(items.sessions_record(project, release), environment, counts, moment)
        for (release, environment), counts in list(sums.items())[:MOST_ACTIONS]
    ]
    for _ in table.attempts(f"message {received.message_id}"):
        if table.get(key):
            return
        try:
            table.transact([message_action(received.message_id, moment), *changes])
        except ChangedMeanwhileError:
            continue
        return


def _by_release(sessions: tuple[SessionCount, ...]) -> dict[tuple[str, str], "Counter[str]"]:
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in sessions:
        if release := items.name_of(each.release):
            counts = {"started": each.started, "errored": each.errored, "crashed": each.crashed}
            sums[release, items.name_of(each.environment)].update({name: max(0, of) for name, of in counts.items()})
    return sums
