"""HTML as Chromium shows it, as a PNG file."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.pictures.stamp import digest_of, stamped


class NoBrowserError(Exception):
    """There is no Chromium on this machine."""


@dataclass(frozen=True)
class Scene:
    """A page and the files that it loads."""

    files: Mapping[str, bytes]
    page: str
    width: int
    """In CSS pixels; the height is the page's own."""

    @property
    def digest(self) -> str:
        return digest_of(self.files)


def photograph(scene: Scene) -> bytes:
    """In light colours, stamped with the scene's digest; raises NoBrowserError."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a test's package: checking a stamp needs none

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise NoBrowserError("needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        for name, content in scene.files.items():
            path = Path(directory, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": scene.width, "height": 100}, color_scheme="light")
        page.goto(Path(directory, scene.page).as_uri(), wait_until="networkidle")
        png = page.screenshot(full_page=True)
        browser.close()
    return stamped(png, scene.digest)
