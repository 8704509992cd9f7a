"""What the environment's dashboard is called."""

from typing import Final

OVERVIEW: Final = "overview"
