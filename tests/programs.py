"""Programs that no Python package brings.

Without one its tests are skipped, and the reason names the package of Debian to install.  In CI, where the variable
`CI` is set, its absence is an error: nobody reads there what was skipped.
"""

import os
import shutil

import pytest

_FOLDERS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"


def found(*names: str) -> str | None:
    """The path of the first one that is installed; system folders that are not in PATH are searched as well."""
    return next(filter(None, (shutil.which(name, path=_FOLDERS) for name in names)), None)


def needs(program: str | None, package: str) -> pytest.MarkDecorator:
    """A mark for tests that cannot run without the program."""
    lacking = f"{package} is not installed (apt-get install {package})"
    if program is None and os.environ.get("CI"):
        raise RuntimeError(lacking)
    return pytest.mark.skipif(program is None, reason=lacking)


CHROMIUM = found("chromium", "chromium-browser")
NGINX = found("nginx")
PGBOUNCER = found("pgbouncer")
