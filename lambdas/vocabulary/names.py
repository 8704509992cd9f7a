"""Names that the infrastructure gives and the functions recognise."""

SERVICE = "junkos"
MONITOR_LOGIN = "junkos_monitor"
"""The PostgreSQL login of every function near the database."""


def physical_name(environment: str, thing: str) -> str:
    """`junkos-<environment>-<thing>`, with the thing's underscores as dashes."""
    return f"{SERVICE}-{environment}-{thing.replace('_', '-')}"


def bucket_name(environment: str, account: str, region: str) -> str:
    """The backups' bucket; account and region make it unique in the world."""
    return f"{physical_name(environment, 'backups')}-{account}-{region}"
