"""`unzip -q [-o] <archive> -d <folder>`, which keeps the files' modes.

The authority of this account's databases is added to the authorities that functions trust, as for functions.
"""

import os
import sys
import zipfile
from pathlib import Path
from typing import Final

BUNDLE: Final = "rds_certificates/bundle.pem"


def main(*arguments: str) -> None:
    words = [argument for argument in arguments if argument not in ("-q", "-o", "-d")]
    archive, folder = words
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = Path(packed.extract(member, folder))
            if mode := member.external_attr >> 16 & 0o777:
                path.chmod(mode)
            if member.filename.endswith(BUNDLE) and (authority := os.environ.get("MACHINE_AUTHORITY")):
                with path.open("a") as bundle:
                    bundle.write("\n" + authority)


if __name__ == "__main__":
    main(*sys.argv[1:])
