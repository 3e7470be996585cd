"""Print what a folder of wheels consists of as CycloneDX JSON: scripts/sbom.py FOLDER SECONDS-SINCE-1970."""

import hashlib
import json
import re
import sys
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any, NamedTuple

OURS = "tiendo"
VENDORED = {
    "app/page/static/vendor/idiomorph.js": ("idiomorph", "library", "0BSD"),
    "app/page/static/fonts/be-vietnam-pro-400.woff2": ("be-vietnam-pro-400", "data", "OFL-1.1"),
    "app/page/static/fonts/be-vietnam-pro-700.woff2": ("be-vietnam-pro-700", "data", "OFL-1.1"),
}
"""Files of others in our own wheel: what each is, and its licence."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Wheel(NamedTuple):
    """A wheel: its metadata, the SHA-256 of the file, and of those files in it that are another's."""

    metadata: Message
    sha256: str
    vendored: dict[str, str]

    @property
    def name(self) -> str:
        return normalised(self.metadata["Name"])

    @property
    def reference(self) -> str:
        return f"pkg:pypi/{self.name}@{self.metadata['Version']}"


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: Path) -> Wheel:
    with zipfile.ZipFile(file) as archive:
        [place] = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        metadata = Parser().parsestr(archive.read(place).decode())
        vendored = {name: _sha256(archive.read(name)) for name in VENDORED if name in archive.namelist()}
    return Wheel(metadata, _sha256(file.read_bytes()), vendored)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def licences(metadata: Message) -> list[dict[str, Any]]:
    """As the wheel says it: an SPDX expression, else the first line of a text, else its classifiers."""
    if expression := metadata.get("License-Expression"):
        return [{"expression": expression}]
    said = (metadata.get("License") or "").strip().splitlines()
    named = [one for one in metadata.get_all("Classifier", []) if one.startswith("License ::")]
    names = [one.rpartition(" :: ")[2] for one in named] or ([said[0]] if said and said[0] != "UNKNOWN" else [])
    return [{"license": {"name": name}} for name in names]


def component(wheel: Wheel) -> dict[str, Any]:
    made = {
        "type": "application" if wheel.name == OURS else "library",
        "bom-ref": wheel.reference,
        "name": wheel.name,
        "version": wheel.metadata["Version"],
        "purl": wheel.reference,
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
    }
    found = licences(wheel.metadata)
    return made | ({"licenses": found} if found else {})


def vendored(wheel: Wheel) -> Iterator[dict[str, Any]]:
    for file, (name, kind, licence) in VENDORED.items():
        yield {
            "type": kind,
            "bom-ref": file,
            "name": name,
            "licenses": [{"expression": licence}],
            "hashes": [{"alg": "SHA-256", "content": wheel.vendored[file]}],
        }


def needs(wheel: Wheel, others: dict[str, Wheel]) -> Iterator[str]:
    """What a wheel asks for and is in the folder; an extra's requirement is none of it, unless something has it in."""
    for asked in wheel.metadata.get_all("Requires-Dist", []):
        found = _NAME.match(asked)
        if found and "extra ==" not in asked and (other := others.get(normalised(found[0]))):
            yield other.reference


def document(wheels: list[Wheel], at: datetime) -> dict[str, Any]:
    by_name = {wheel.name: wheel for wheel in wheels}
    ours = by_name[OURS]
    contents = "\n".join(sorted(wheel.sha256 for wheel in wheels))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, contents)}",
        "version": 1,
        "metadata": {"timestamp": at.isoformat().replace("+00:00", "Z"), "component": component(ours)},
        "components": [
            *(component(wheel) for name, wheel in sorted(by_name.items()) if name != OURS),
            *vendored(ours),
        ],
        "dependencies": [
            {"ref": wheel.reference, "dependsOn": sorted(set(needs(wheel, by_name)))}
            for _, wheel in sorted(by_name.items())
        ],
    }


def main(folder: str, seconds: str) -> None:
    wheels = [read(file) for file in sorted(Path(folder).glob("*.whl"))]
    made = document(wheels, datetime.fromtimestamp(int(seconds), UTC))
    sys.stdout.write(json.dumps(made, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
