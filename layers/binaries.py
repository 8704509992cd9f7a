"""What ELF files from packages need before a layer may hold them."""

from collections.abc import Mapping
from pathlib import Path

from layers import elf


def is_program(path: Path) -> bool:
    return ".so" not in path.name and elf.is_elf(path)


def prepare(file: Path, *, search_path: str, libraries: Mapping[str, str] = {}) -> None:
    """Strip the file, have it search its libraries in `search_path` alone, and rename those it asks for."""
    elf.strip(file)
    folders = dict.fromkeys(elf.read(file).search_path, search_path)
    elf.rename(file, {**libraries, **folders})
    elf.search_own_path_first(file)
