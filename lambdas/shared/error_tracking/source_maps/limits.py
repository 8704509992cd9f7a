"""What a source map may be; what is more is refused, for that map alone."""

from typing import Final

MOST_MAPPINGS: Final = 1_000_000
"""With the lines of the generated file.  A map of 5 MB has about 300 000."""
MOST_SOURCES: Final = 50_000
MOST_NAMES: Final = 1_000_000
MOST_SECTIONS: Final = 10_000
LONGEST_PATH: Final = 500
LONGEST_NAME: Final = 200
LARGEST_CONTENT: Final = 512 * 1024
"""Characters of one source: a longer one was generated, and no context is shown for it."""
LARGEST_CONTENTS: Final = 64 * 1024**2
"""Characters of all sources of a map; contents beyond are left out."""


class SourceMapError(ValueError):
    """The map is none, or more than is taken.  The text is one line, and quotes no more than a number of the map."""
