from dataclasses import dataclass

from lambdas.prometheus_scrape.sources import Source
from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    sources: tuple[Source, ...]
    state_table: str

    def due(self, minutes: int | None) -> tuple[Source, ...]:
        """Those that are read every so many minutes; all of them for a run on demand."""
        return tuple(source for source in self.sources if minutes in (None, source.interval_minutes))
