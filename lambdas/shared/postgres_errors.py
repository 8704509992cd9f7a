"""PostgreSQL's own words, made into one line that an operator can act on."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from lambdas.shared.masking import MASK, masked_text

_REMEDIES = {
    r"could not translate host name": "the host name is unknown: check it in the settings or in the secret",
    r"password authentication failed|PAM authentication failed": (
        "check the password in the secret, or that the login has the role rds_iam"
    ),
    r"certificate verify failed|self-signed certificate": (
        "the server's certificate is not from a known authority: name a PEM file of its authority as database.ca_bundle"
    ),
    r"does not match host name": "connect by the name that the server's certificate carries",
    r"server does not support SSL": "switch TLS on at the server, or accept none by database.minimum_tls",
    r"no pg_hba.conf entry .*no encryption": "the server wants TLS: set sslmode=require or stricter in the URL",
    r"no pg_hba.conf entry": "the server does not let this login in from here: check pg_hba.conf",
    r"Connection refused|timeout expired|Network is unreachable|No route to host": (
        "check host and port, that the server runs, and that the network lets this function through"
    ),
    r"too many clients|remaining connection slots": "the server has no connection left: close some, or raise its limit",
    r"too many connections for": "raise its CONNECTION LIMIT: a backup needs two sessions at once, a check one more",
    r'database ".*" does not exist': "check the database's name in the settings or in the secret",
    r"conflict with recovery": (
        "the standby had to apply what its primary changed: set hot_standby_feedback = on there,"
        " or a longer max_standby_streaming_delay, or give the primary's address"
    ),
    r"during recovery": "a standby has no rows of unlogged tables: give the primary's address",
    r"invalid memory alloc request size|Cannot enlarge string buffer|exceeds maximum allowed length": (
        "a row is longer as text than the 1 GB that PostgreSQL can write, and a bytea takes two letters a byte:"
        " keep such values in parts, or leave the table's rows out by excluded_table_data"
    ),
    r"lock timeout|statement timeout": (
        "another session, likely a migration, holds or wants the table for itself: run again after it"
    ),
    r"unsupported startup parameter|support command-line options|in statement pooling mode": (
        "a connection pooler is in between: put the server's own address into the URL, and no options"
    ),
    r"query_wait_timeout|no more connections allowed": (
        "a connection pooler has none left to give: see who holds them, or raise its pool"
    ),
    r"server closed the connection unexpectedly": (
        "see the server's log; a connection pooler ends it so, too, when its pool is used up, or in statement mode"
    ),
    r"max_locks_per_transaction|out of shared memory": (
        "raise max_locks_per_transaction at the server: it has too many tables for it"
    ),
}
_NOISE = re.compile(r"^(?:pg_\w+: )?(?:error|FATAL|ERROR): +")


def one_line(
    text: str, secrets: tuple[str, ...] = (), context: str = "", remedies: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The first line that says something, and the remedy where one is known.

    It goes into notices, manifests and verdicts: `secrets` are masked, and so is what looks like one.  The remedy is
    looked for in `context`, too, where a hint or a detail may stand that is no part of the line; `remedies` go before
    the usual ones: patterns of what the server says, each with what to do.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = _NOISE.sub("", lines[0]) if lines else "no message"
    for secret in filter(None, secrets):
        line = line.replace(secret, MASK)
    line = masked_text(line)
    known = [*remedies.items(), *_REMEDIES.items()]
    remedy = next((remedy for pattern, remedy in known if re.search(pattern, text + context)), None)
    return f"{line} ({remedy})" if remedy else line
