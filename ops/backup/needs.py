"""What an archive asks of the server that it is restored into."""

import re

from lambdas.shared.archive_contents import Contents
from lambdas.shared.restore.plan import IDENTIFIER, Plan, unquoted

_POLICY = re.compile(
    rf"CREATE POLICY {IDENTIFIER} ON {IDENTIFIER}\.{IDENTIFIER}(?: AS RESTRICTIVE)?(?: FOR [A-Z]+)?"
    rf" TO ({IDENTIFIER}(?:, {IDENTIFIER})*)"
)
_USER_MAPPING = re.compile(rf"CREATE USER MAPPING FOR ({IDENTIFIER}) SERVER ")
_EVERYBODY = "public"

# Locks that making one takes and holds until the transaction's end, as measured with PostgreSQL 18: itself, its types,
# its TOAST table with an index.
_LOCKS = {
    "TABLE": 4,
    "MATERIALIZED VIEW": 5,
    "VIEW": 2,
    "FOREIGN TABLE": 2,
    "TYPE": 2,
    "CONSTRAINT": 2,
    "CHECK CONSTRAINT": 1,
    "FK CONSTRAINT": 1,
    "INDEX": 1,
    "SEQUENCE": 1,
    "DOMAIN": 1,
    "TRIGGER": 1,
}


def roles_needed(plan: Plan) -> set[str]:
    """The roles that policies and user mappings name.  Owners and grants are not restored."""
    names: set[str] = set()
    for entry in plan.contents.of_kind("POLICY", "USER MAPPING"):
        pattern = _POLICY if entry.kind == "POLICY" else _USER_MAPPING
        if entry.id not in plan.omitted and (found := pattern.match(entry.definition)):
            names.update(re.findall(IDENTIFIER, found[1]))
    return {unquoted(name) for name in names} - {_EVERYBODY}


def locks_needed(contents: Contents) -> int:
    """About how many a restore in one transaction takes."""
    return sum(_LOCKS.get(entry.kind, 0) for entry in contents.entries)
