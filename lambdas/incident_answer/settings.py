from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings
from lambdas.vocabulary.on_call import Person, Rota


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    """Of the incidents."""
    bucket: str
    """Where reviews lie."""
    rota: str
    """As `Rota.to_json` writes it."""
    people: tuple[str, ...]
    """Each as `Person.to_json` writes it."""
    incident_function: str
    """The one that decides, and alone writes."""
    slack_parameter: str | None
    """The Slack app's signing secret, in the Parameter Store."""
    pagerduty_parameter: str | None
    """The webhook subscription's secret, there too."""

    @property
    def known_rota(self) -> Rota:
        return Rota.from_json(self.rota)

    @property
    def known_people(self) -> tuple[Person, ...]:
        return tuple(map(Person.from_json, self.people))
