"""A post-mortem as a document."""

from dataclasses import dataclass

from lambdas.shared.documents.document import Document


@dataclass(frozen=True, kw_only=True)
class Review(Document):
    """As far as it can be written without people."""

    number: int
    """Of the incident."""
