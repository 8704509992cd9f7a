from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    """Of errors, of incidents, or of both; what is not there is None."""

    view_function: str
    """The name of the function that reads."""
    action_function: str
    """The name of the function that acts: its buttons work for those alone who may invoke it."""
    table: str | None = None
    """Of errors."""
    bucket: str | None = None
    """Where the samples of errors lie."""
    projects: tuple[str, ...] = ()
    """Of errors; the first one is shown first."""
    incidents_table: str | None = None
    reviews: str | None = None
    """Where they are in S3's console, without a key."""
    incident_function: str | None = None
    """The name of the function that takes answers."""
    rota: str | None = None
    """As `Rota.to_json` writes it."""
    people: tuple[str, ...] = ()
    """Who may say that they answer."""
    reports: str | None = None
    """The bucket of reports."""
    reports_console: str | None = None
    """Where that is in S3's console, without a key."""
