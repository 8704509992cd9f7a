"""Names that the infrastructure gives and the functions recognise."""

SERVICE = "junkos"
MONITOR_LOGIN = "junkos_monitor"
"""The PostgreSQL login of every function near the database."""
OWN_SESSIONS = f"{SERVICE}-monitoring/"
"""How the application_name of this system's own PostgreSQL sessions begins.  A backend may be called `junkos-api`, or
even `junkos-monitoring`, but not with the slash: whatever begins so is passed over when sessions are judged."""


def physical_name(environment: str, thing: str) -> str:
    """`junkos-<environment>-<thing>`, with the thing's underscores as dashes."""
    return f"{SERVICE}-{environment}-{thing.replace('_', '-')}"


def session_name(work: str) -> str:
    """What a PostgreSQL session of this system is called that does this work, as `pg_stat_activity` shows it."""
    return f"{OWN_SESSIONS}{work}"


def bucket_name(environment: str, account: str, region: str) -> str:
    """The backups' bucket; account and region make it unique in the world."""
    return f"{physical_name(environment, 'backups')}-{account}-{region}"
