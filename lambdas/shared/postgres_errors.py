"""PostgreSQL's own words, made into one line that an operator can act on."""

import re
from collections.abc import Mapping

_REMEDIES = {
    r"could not translate host name": "the host name is unknown: check it in the settings or in the secret",
    r"password authentication failed|PAM authentication failed": (
        "check the password in the secret, or that the login has the role rds_iam"
    ),
    r"certificate verify failed|self-signed certificate": (
        "the server's certificate is not from a known authority: name its CA file as sslrootcert in the URL"
    ),
    r"does not match host name": "connect by the name that the server's certificate carries",
    r"server does not support SSL": "switch TLS on at the server, or accept none by database.minimum_tls",
    r"no pg_hba.conf entry .*no encryption": "the server wants TLS: set sslmode=require or stricter in the URL",
    r"no pg_hba.conf entry": "the server does not let this login in from here: check pg_hba.conf",
    r"Connection refused|timeout expired|Network is unreachable|No route to host": (
        "check host and port, that the server runs, and that the network lets this function through"
    ),
    r"too many clients|remaining connection slots": "the server has no connection left: close some, or raise its limit",
    r'database ".*" does not exist': "check the database's name in the settings or in the secret",
    r"lock timeout|statement timeout": (
        "another session, likely a migration, holds or wants the table for itself: run again after it"
    ),
    r"max_locks_per_transaction": "raise max_locks_per_transaction at the server: it has too many tables for it",
}
_NOISE = re.compile(r"^(?:pg_\w+: )?(?:error|FATAL|ERROR): +")


def one_line(text: str, secrets: tuple[str, ...] = (), remedies: Mapping[str, str] = {}) -> str:
    """The first line that says something, and the remedy where one is known; `secrets` are masked.

    `remedies` go before the usual ones: patterns of what the server says, each with what to do.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = _NOISE.sub("", lines[0]) if lines else "no message"
    for secret in filter(None, secrets):
        line = line.replace(secret, "***")
    known = [*remedies.items(), *_REMEDIES.items()]
    remedy = next((remedy for pattern, remedy in known if re.search(pattern, text)), None)
    return f"{line} ({remedy})" if remedy else line
