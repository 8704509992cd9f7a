"""Section `[reviews]`: what the reviews look at besides this system's own records."""

from typing import Annotated

from pydantic import Field

from stacks.settings.section import Section
from stacks.settings.types import LockFile


class Reviews(Section):
    lock_file: Annotated[
        LockFile | None,
        Field(
            description="The backend's lock file or SBOM in a bucket, put there by its pipeline: its packages are"
            " audited every quarter. package-lock.json, requirements with exact versions, CycloneDX or SPDX as JSON."
        ),
    ] = None
