"""The zoo: databases with everything that a restore can stumble over, one SQL file per theme.

A file's first comment lines may say what it needs and how its restore ends:
`-- extensions: hstore`, `-- features: icu`, `-- minimum: 17`, `-- maximum: 17` (server versions that can load it),
`-- encoding: LATIN1` (of the database it is loaded into) and `-- verdict: failed` (its dump cannot be restored, and a
check that calls it proven is wrong). A theme restored where its extensions or features lack is not provable.
Themes that need roles make them, once for the whole server, and leave them there.
"""

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

FOLDER = Path(__file__).parent
FEATURE_PROBES = {
    "libxml": "SELECT xmlparse(CONTENT 'a')",
    "icu": "SELECT 1 / count(*) FROM pg_collation WHERE collname = 'de-x-icu'",
    "lz4": "SET default_toast_compression = lz4",
}


@dataclass(frozen=True)
class Theme:
    """One database of the zoo and what a server must have to hold it."""

    name: str
    extensions: frozenset[str]
    features: frozenset[str]
    minimum: int
    maximum: int
    encoding: str
    verdict: str

    @property
    def sql(self) -> str:
        return (FOLDER / f"{self.name}.sql").read_text(encoding="utf-8")

    def lacks(self, url: str) -> list[str]:
        """What the server at the URL lacks for this theme, in words; empty when it can be loaded there."""
        with closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            version = connection.info.server_version // 10000
            reasons = [f"extension {name}" for name in sorted(self.extensions - available_extensions(connection))]
            reasons += [f"feature {name}" for name in sorted(self.features) if not has_feature(connection, name)]
        if not self.minimum <= version <= self.maximum:
            reasons.append(f"server version {self.minimum} to {self.maximum}, it is {version}")
        return reasons


def available_extensions(connection) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions")
        return {name for (name,) in cursor.fetchall()}


def has_feature(connection, name: str) -> bool:
    with connection.cursor() as cursor:
        try:
            cursor.execute(FEATURE_PROBES[name])
        except psycopg2.Error:
            return False
    return True


def theme_of(file: Path) -> Theme:
    facts = dict(
        re.findall(
            r"^-- (extensions|features|minimum|maximum|encoding|verdict): (.+)$", file.read_text("utf-8"), re.MULTILINE
        )
    )
    return Theme(
        name=file.stem,
        extensions=frozenset(facts.get("extensions", "").split()),
        features=frozenset(facts.get("features", "").split()),
        minimum=int(facts.get("minimum", 14)),
        maximum=int(facts.get("maximum", 99)),
        encoding=facts.get("encoding", "UTF8"),
        verdict=facts.get("verdict", "proven"),
    )


THEMES = {theme.name: theme for theme in map(theme_of, sorted(FOLDER.glob("*.sql")))}


def load(url: str, theme: Theme) -> None:
    """Load one theme, whole or not at all, into the empty database at the URL (made with `theme.encoding`)."""
    with (
        closing(psycopg2.connect(url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        connection.set_client_encoding("UTF8")
        cursor.execute(theme.sql)
