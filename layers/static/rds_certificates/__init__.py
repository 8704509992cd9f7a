"""The certificate authorities of Amazon RDS in every region, as one PEM file."""

from pathlib import Path

BUNDLE = Path(__file__).parent / "bundle.pem"
