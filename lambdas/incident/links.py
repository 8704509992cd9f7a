"""The addresses at which people answer."""

from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.clock import Clock
from lambdas.shared.incidents.keys import keys
from lambdas.shared.incidents.links import Purpose, sign
from lambdas.shared.incidents.table import IncidentTable


@dataclass(frozen=True)
class LinkMaker:
    table: IncidentTable
    url: str
    """With a slash at its end."""
    lasts: timedelta
    clock: Clock

    def to_answer(self, number: int, person: str) -> str:
        """A person's own; with an empty name that of a channel, which proves nobody."""
        return f"{self.url}a/{self._signed(number, person, Purpose.ANSWER)}"

    def to_review(self, number: int) -> str:
        return f"{self.url}r/{self._signed(number, '', Purpose.REVIEW)}"

    def token(self, number: int) -> str:
        """What a button of the chat brings back."""
        return self._signed(number, "", Purpose.ANSWER)

    def _signed(self, number: int, person: str, purpose: Purpose) -> str:
        moment = self.clock()
        return sign(keys(self.table, moment), number, person, moment + self.lasts, purpose)
