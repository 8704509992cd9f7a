"""A secret, for code that asks a botocore session for one."""

from types import SimpleNamespace


class Secret:
    """Stands in for a botocore session, whose one secret it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def create_client(self, _service: str) -> SimpleNamespace:
        return SimpleNamespace(get_secret_value=lambda **_: {"SecretString": self.text})
