"""A database whose URL is a secret, and the secret, for code that asks a botocore session for one."""

from types import SimpleNamespace

URL_IN_SECRET = {
    "environment": "test",
    "database": "junkos",
    "database_host": None,
    "database_port": 5432,
    "database_name": None,
    "database_login": None,
    "database_url_secret": "the-secret",
    "database_minimum_tls": "prefer",
}
"""The fields of DatabaseSettings."""


class Secret:
    """Stands in for a botocore session, whose one secret it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def create_client(self, _service: str) -> SimpleNamespace:
        return SimpleNamespace(get_secret_value=lambda **_: {"SecretString": self.text})
