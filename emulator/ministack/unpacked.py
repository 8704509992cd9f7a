"""Archives of functions and layers are unpacked once, however many environments they are mounted in.

At AWS they are mounted read-only; here an environment has links to the one unpacked copy, which it must not change.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from emulator.ministack.databases import authority

_unpacking = threading.Lock()


class Archive(zipfile.ZipFile):
    """Extracts files with the permissions that it records."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Link what lies at its top into `path`."""
        if members is not None or pwd is not None:
            raise NotImplementedError("an archive is unpacked as a whole")
        for entry in self._unpacked().iterdir():
            (Path(path) / entry.name).symlink_to(entry)

    def _unpacked(self) -> Path:
        content = repr([(it.filename, it.CRC, it.file_size, it.external_attr) for it in self.infolist()])
        folder = Path(os.environ["TMPDIR"]) / "unpacked" / hashlib.sha256(content.encode()).hexdigest()
        with _unpacking:
            if not folder.exists():
                folder.parent.mkdir(exist_ok=True)
                half_done = Path(tempfile.mkdtemp(dir=folder.parent))
                try:
                    for member in self.infolist():
                        self.extract(member, half_done)
                    half_done.chmod(0o755)
                    half_done.rename(folder)
                finally:
                    shutil.rmtree(half_done, ignore_errors=True)
        return folder

    def _extract_member(self, member: Any, targetpath: Any, pwd: bytes | None) -> str:
        info = member if isinstance(member, zipfile.ZipInfo) else self.getinfo(member)
        path = str(super()._extract_member(info, targetpath, pwd))  # type: ignore[misc]
        if mode := info.external_attr >> 16 & 0o777:
            os.chmod(path, mode | 0o200)  # noqa: PTH101  writable by its owner, so that it can be removed
        if path.endswith(authority.BUNDLE):
            authority.trust_in(Path(path))
        return path
