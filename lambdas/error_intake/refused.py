"""Why a request is not taken."""

from collections.abc import Mapping


class RefusedError(Exception):
    """The client is answered `status` and the reason, which quotes nothing of what it sent."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}
