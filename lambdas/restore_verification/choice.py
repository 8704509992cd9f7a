"""Which server a backup is restored into: one of the source's own major version, wherever that can be."""

from dataclasses import dataclass
from typing import Self

from postgresql_servers import MAJORS, extensions

from lambdas.shared.restore.errors import CouldNotVerifyError
from lambdas.vocabulary.backups import Manifest


@dataclass(frozen=True)
class Choice:
    """`major` is the server's version; `reason` says why it is a newer one than the source's, where it is."""

    major: int
    reason: str | None = None

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """The source's own, or the next that there is; a later one only if the source's extensions ask for it."""
        possible = [major for major in MAJORS if major >= manifest.major]
        if not possible:
            raise CouldNotVerifyError(
                f"it is of PostgreSQL {manifest.major}, and the newest restore server here is {MAJORS[-1]}"
                " (add its release to layers/postgresql.py and deploy)"
            )
        wanted = {extension.name for extension in manifest.extensions}
        nearest = possible[0]
        chosen = next((major for major in possible if wanted <= extensions(major)), nearest)
        return cls(chosen, _reason(manifest.major, nearest, chosen, wanted))


def _reason(own: int, nearest: int, chosen: int, wanted: set[str]) -> str | None:
    if chosen != nearest:
        lacking = ", ".join(sorted(wanted - extensions(nearest)))
        return f"into PostgreSQL {chosen}, as no server of {nearest} with extension {lacking} is here"
    return f"into PostgreSQL {chosen}, as no server of {own} is here" if chosen != own else None
